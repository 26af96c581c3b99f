using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>
/// Says whether an advisory on <c>group:artifact</c> is about an artifact whose archive does not tell its group. Where its classes and its file name do not
/// confirm the group, the advisory stays undecided: it is neither taken for the artifact's nor left out.
/// </summary>
internal static class MavenGroup
{
    // Everybody has a group below these: the owner's name counts, too.
    private static readonly string[] Hosts = ["com.github", "io.github", "com.gitlab", "io.gitlab", "org.codehaus", "net.sf", "net.sourceforge"];

    public static bool IsConfirmed(Component component, string advisoryName)
    {
        if (!component.AdvisoryName.StartsWith(':'))
        {
            return true;
        }

        var group = advisoryName[..advisoryName.IndexOf(':')];
        if (component.AdvisoryName == $":{advisoryName.Replace(':', '.')}" && group.Contains('.'))
        {
            return true; // the file is called group.artifact-version.jar
        }

        if (component.GroupHint is not { } hint)
        {
            return false;
        }

        // "commons-io" is a group without a domain; its classes lie in org.apache.commons.io.
        var told = hint.Split('.');
        return group.Contains('.') ? told.Take(Telling(group)).SequenceEqual(group.Split('.').Take(Telling(group))) : group.Split('-').All(told.Contains);
    }

    /// <summary>The vulnerability as one that the component may have, if it is of the advisory's group.</summary>
    public static Vulnerability Doubt(Vulnerability vulnerability, string advisoryName) => vulnerability with
    {
        Verdict = Verdict.Undecided, Reason = $"The archive does not tell its Maven group; this is about {Images.DisplayText.Sanitise(advisoryName, 200)}.", FixedVersion = null, FixState = FixState.Unknown,
    };

    private static int Telling(string group) => Hosts.Any(host => group == host || group.StartsWith($"{host}.", StringComparison.Ordinal)) ? 3 : 2;
}
