using System.Collections.Frozen;

namespace ScoutDashboard.Advisories.Scores;

/// <summary>
/// CVSS v4.0, section 8: the vector's macrovector has a score; it is lowered by how far the vector lies below the worst vector of its
/// macrovector, in each equivalence class, in proportion to the distance to the next lower macrovector.
/// </summary>
internal static class CvssV4
{
    private static readonly FrozenDictionary<string, string[]> Allowed = CvssMetrics.Allow("""
        AV:N,A,L,P AC:L,H AT:N,P PR:N,L,H UI:N,P,A VC:H,L,N VI:H,L,N VA:H,L,N SC:H,L,N SI:H,L,N SA:H,L,N E:X,A,P,U CR:X,H,M,L IR:X,H,M,L AR:X,H,M,L
        MAV:X,N,A,L,P MAC:X,L,H MAT:X,N,P MPR:X,N,L,H MUI:X,N,P,A MVC:X,H,L,N MVI:X,H,L,N MVA:X,H,L,N MSC:X,H,L,N MSI:X,S,H,L,N MSA:X,S,H,L,N
        S:X,N,P AU:X,N,Y R:X,A,U,I V:X,D,C RE:X,L,M,H U:X,Clear,Green,Amber,Red
        """.ReplaceLineEndings(" "));

    private static readonly string[] Mandatory = ["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];

    public static double? Score(string text)
    {
        if (CvssMetrics.Read(text, Allowed, Mandatory) is not { } metrics)
        {
            return null;
        }

        var vector = CvssV4Vector.Of(metrics);
        if (vector.HasNoImpact)
        {
            return 0;
        }

        var macro = vector.Macro;
        var worst = CvssV4Table.Score(macro)!.Value;
        var (lowered, classes) = (0.0, 0);
        foreach (var step in CvssV4Table.StepsDown(macro))
        {
            if (step.NextScore is { } next)
            {
                lowered += (worst - next) * vector.DistanceBelowWorst(step.Metrics, step.WorstVectors) / step.Depth;
                classes++;
            }
        }

        var score = Math.Clamp(classes == 0 ? worst : worst - (lowered / classes), 0, 10);
        return Math.Floor(((score + 1e-6) * 10) + 0.5) / 10;
    }
}
