namespace ScoutDashboard.Advisories.Versions;

/// <summary>Orders the versions of its ecosystems as their own tools do. Pure, total over the texts that it can read, safe for hostile text of any length.</summary>
public interface IVersionScheme
{
    /// <summary>Short lower-case name: <c>dpkg</c>, <c>apk</c>, <c>rpm</c>, <c>semver</c>, <c>nuget</c>, <c>pep440</c>, <c>maven</c>, <c>rubygems</c>, <c>packagist</c>, <c>bitnami</c>, <c>go</c>, <c>pub</c>.</summary>
    string Name { get; }

    /// <summary>Below 0, 0 or above 0 as <paramref name="left"/> is lower than, equal to or higher than <paramref name="right"/>; null where either is no version of this scheme, so that nobody can say.</summary>
    int? Compare(string left, string right);
}
