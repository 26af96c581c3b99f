namespace ScoutDashboard.Images;

/// <summary>Why a component of an image is listed only: neither matched with advisories nor counted among the packages that are installed.</summary>
public enum ListedOnly
{
    /// <summary>A lock file or another declaration names it; that it is there as files, nothing shows.</summary>
    Declared,

    /// <summary>The image's own program, which no registry's package of that name is.</summary>
    Application,
}
