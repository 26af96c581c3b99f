using System.Collections.Frozen;

namespace ScoutDashboard.Advisories.Scores;

/// <summary>CVSS v3.0 and v3.1, section 7: the equations. They differ in rounding and in the modified impact.</summary>
internal static class CvssV3
{
    private static readonly FrozenDictionary<string, string[]> Allowed = CvssMetrics.Allow("""
        AV:N,A,L,P AC:L,H PR:N,L,H UI:N,R S:U,C C:N,L,H I:N,L,H A:N,L,H E:X,U,P,F,H RL:X,O,T,W,U RC:X,U,R,C CR:X,L,M,H IR:X,L,M,H AR:X,L,M,H
        MAV:X,N,A,L,P MAC:X,L,H MPR:X,N,L,H MUI:X,N,R MS:X,U,C MC:X,N,L,H MI:X,N,L,H MA:X,N,L,H
        """.ReplaceLineEndings(" "));

    public static double? Score(string text, bool is31)
    {
        if (CvssMetrics.Read(text, Allowed, ["AV", "AC", "PR", "UI", "S", "C", "I", "A"]) is not { } metrics)
        {
            return null;
        }

        if (metrics.HasAny("CR", "IR", "AR", "MAV", "MAC", "MPR", "MUI", "MS", "MC", "MI", "MA"))
        {
            return Environmental(metrics, is31);
        }

        var changed = metrics.Get("S", "") == "C";
        var iss = 1 - ((1 - Impact(metrics.Get("C", ""))) * (1 - Impact(metrics.Get("I", ""))) * (1 - Impact(metrics.Get("A", ""))));
        var impact = changed ? (7.52 * (iss - 0.029)) - (3.25 * Math.Pow(iss - 0.02, 15)) : 6.42 * iss;
        var exploitability = Exploitability(metrics.Get("AV", ""), metrics.Get("AC", ""), metrics.Get("PR", ""), metrics.Get("UI", ""), changed);
        var score = impact <= 0 ? 0 : RoundUp(Math.Min(10, (impact + exploitability) * (changed ? 1.08 : 1)), is31);
        return metrics.HasAny("E", "RL", "RC") ? RoundUp(score * Temporal(metrics), is31) : score;
    }

    private static double Environmental(CvssMetrics metrics, bool is31)
    {
        var changed = metrics.Modified("S") == "C";
        var miss = Math.Min(0.915, 1 - ((1 - (Impact(metrics.Modified("C")) * Requirement(metrics, "CR")))
            * (1 - (Impact(metrics.Modified("I")) * Requirement(metrics, "IR"))) * (1 - (Impact(metrics.Modified("A")) * Requirement(metrics, "AR")))));
        var impact = (changed, is31) switch
        {
            (false, _) => 6.42 * miss,
            (true, true) => (7.52 * (miss - 0.029)) - (3.25 * Math.Pow((miss * 0.9731) - 0.02, 13)),
            (true, false) => (7.52 * (miss - 0.029)) - (3.25 * Math.Pow(miss - 0.02, 15)),
        };
        var exploitability = Exploitability(metrics.Modified("AV"), metrics.Modified("AC"), metrics.Modified("PR"), metrics.Modified("UI"), changed);
        return impact <= 0 ? 0 : RoundUp(RoundUp(Math.Min(10, (impact + exploitability) * (changed ? 1.08 : 1)), is31) * Temporal(metrics), is31);
    }

    private static double Exploitability(string vector, string complexity, string privileges, string interaction, bool changed) => 8.22
        * vector switch { "N" => 0.85, "A" => 0.62, "L" => 0.55, _ => 0.2 }
        * (complexity == "L" ? 0.77 : 0.44)
        * (privileges, changed) switch { ("N", _) => 0.85, ("L", true) => 0.68, ("L", _) => 0.62, (_, true) => 0.5, _ => 0.27 }
        * (interaction == "N" ? 0.85 : 0.62);

    private static double Temporal(CvssMetrics metrics) => 1.0
        * metrics.Get("E", "H") switch { "U" => 0.91, "P" => 0.94, "F" => 0.97, _ => 1.0 }
        * metrics.Get("RL", "U") switch { "O" => 0.95, "T" => 0.96, "W" => 0.97, _ => 1.0 }
        * metrics.Get("RC", "C") switch { "U" => 0.92, "R" => 0.96, _ => 1.0 };

    private static double Impact(string value) => value switch { "L" => 0.22, "H" => 0.56, _ => 0 };

    private static double Requirement(CvssMetrics metrics, string name) => metrics.Get(name, "M") switch { "L" => 0.5, "H" => 1.5, _ => 1.0 };

    // v3.1 appendix A rounds up on integers, so that a binary 4.000000001 stays 4.0; v3.0 only says "round up".
    private static double RoundUp(double value, bool is31)
    {
        if (!is31)
        {
            return Math.Ceiling(value * 10) / 10;
        }

        var scaled = (long)Math.Round(value * 100_000);
        return scaled % 10_000 == 0 ? scaled / 100_000.0 : ((scaled / 10_000) + 1) / 10.0;
    }
}
