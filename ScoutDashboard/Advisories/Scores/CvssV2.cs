using System.Collections.Frozen;

namespace ScoutDashboard.Advisories.Scores;

/// <summary>CVSS v2.0, "A Complete Guide", section 3.2: the equations.</summary>
internal static class CvssV2
{
    private static readonly FrozenDictionary<string, string[]> Allowed = CvssMetrics.Allow("""
        AV:L,A,N AC:H,M,L Au:M,S,N C:N,P,C I:N,P,C A:N,P,C E:U,POC,F,H,ND RL:OF,TF,W,U,ND RC:UC,UR,C,ND
        CDP:N,L,LM,MH,H,ND TD:N,L,M,H,ND CR:L,M,H,ND IR:L,M,H,ND AR:L,M,H,ND
        """.ReplaceLineEndings(" "));

    public static double? Score(string text)
    {
        if (CvssMetrics.Read(text, Allowed, ["AV", "AC", "Au", "C", "I", "A"]) is not { } metrics)
        {
            return null;
        }

        if (!metrics.HasAny("CDP", "TD", "CR", "IR", "AR"))
        {
            var score = Base(metrics, Weight(metrics, "C"), Weight(metrics, "I"), Weight(metrics, "A"), cap: false);
            return metrics.HasAny("E", "RL", "RC") ? Temporal(metrics, score) : score;
        }

        var adjusted = Temporal(metrics, Base(
            metrics, Weight(metrics, "C") * Requirement(metrics, "CR"), Weight(metrics, "I") * Requirement(metrics, "IR"), Weight(metrics, "A") * Requirement(metrics, "AR"), cap: true));
        var damage = metrics.Get("CDP", "N") switch { "L" => 0.1, "LM" => 0.3, "MH" => 0.4, "H" => 0.5, _ => 0 };
        var targets = metrics.Get("TD", "H") switch { "N" => 0, "L" => 0.25, "M" => 0.75, _ => 1 };
        return Round((adjusted + ((10 - adjusted) * damage)) * targets);
    }

    private static double Base(CvssMetrics metrics, double confidentiality, double integrity, double availability, bool cap)
    {
        var impact = 10.41 * (1 - ((1 - confidentiality) * (1 - integrity) * (1 - availability)));
        impact = cap ? Math.Min(10, impact) : impact;
        var vector = metrics.Get("AV", "") switch { "L" => 0.395, "A" => 0.646, _ => 1.0 };
        var complexity = metrics.Get("AC", "") switch { "H" => 0.35, "M" => 0.61, _ => 0.71 };
        var authentication = metrics.Get("Au", "") switch { "M" => 0.45, "S" => 0.56, _ => 0.704 };
        var exploitability = 20 * vector * complexity * authentication;
        return Round(((0.6 * impact) + (0.4 * exploitability) - 1.5) * (impact == 0 ? 0 : 1.176));
    }

    private static double Temporal(CvssMetrics metrics, double score)
    {
        var exploit = metrics.Get("E", "H") switch { "U" => 0.85, "POC" => 0.9, "F" => 0.95, _ => 1.0 };
        var remediation = metrics.Get("RL", "U") switch { "OF" => 0.87, "TF" => 0.9, "W" => 0.95, _ => 1.0 };
        var confidence = metrics.Get("RC", "C") switch { "UC" => 0.9, "UR" => 0.95, _ => 1.0 };
        return Round(score * exploit * remediation * confidence);
    }

    private static double Weight(CvssMetrics metrics, string name) => metrics.Get(name, "") switch { "P" => 0.275, "C" => 0.66, _ => 0 };

    private static double Requirement(CvssMetrics metrics, string name) => metrics.Get(name, "M") switch { "L" => 0.5, "H" => 1.51, _ => 1.0 };

    // To one decimal, halves up, with a hair's breadth for what binary fractions can't hold.
    private static double Round(double value) => Math.Floor((value * 10) + 0.5 + 1e-9) / 10;
}
