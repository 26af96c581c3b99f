using System.Globalization;

namespace ScoutDashboard.Images;

/// <summary>Writes a share of 0 to 1 as a percentage with one decimal; what is neither none nor all never reads as if it were.</summary>
public static class PercentText
{
    public static string Of(double share) => share is > 0 and < 0.0005 ? "<0.1 %" : share is > 0.9995 and < 1 ? ">99.9 %" : (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
