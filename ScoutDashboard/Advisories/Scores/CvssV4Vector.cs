namespace ScoutDashboard.Advisories.Scores;

/// <summary>A v4.0 vector with every undefined metric replaced: environmental over base, "not defined" as the worst case.</summary>
internal sealed class CvssV4Vector
{
    // The values of a metric from most to least severe (section 8.3); a subsequent system's confidentiality can't be a matter of safety.
    private static readonly Dictionary<string, string> Levels = new(StringComparer.Ordinal)
    {
        ["AV"] = "NALP", ["AC"] = "LH", ["AT"] = "NP", ["PR"] = "NLH", ["UI"] = "NPA", ["VC"] = "HLN", ["VI"] = "HLN", ["VA"] = "HLN",
        ["SC"] = "SHLN", ["SI"] = "SHLN", ["SA"] = "SHLN", ["CR"] = "HML", ["IR"] = "HML", ["AR"] = "HML",
    };

    private readonly Dictionary<string, char> _values = new(StringComparer.Ordinal);

    private char this[string name] => _values[name];

    public bool HasNoImpact => (this["VC"], this["VI"], this["VA"], this["SC"], this["SI"], this["SA"]) is ('N', 'N', 'N', 'N', 'N', 'N');

    /// <summary>The level in each of the six equivalence classes (tables 24 to 29).</summary>
    public CvssV4Macro Macro
    {
        get
        {
            var (privileges, interaction) = (this["PR"], this["UI"]);
            var eq1 = this["AV"] == 'N' && privileges == 'N' && interaction == 'N' ? 0
                : this["AV"] != 'P' && (this["AV"] == 'N' || privileges == 'N' || interaction == 'N') ? 1 : 2;
            var eq2 = this["AC"] == 'L' && this["AT"] == 'N' ? 0 : 1;
            var (confidentiality, integrity, availability) = (this["VC"] == 'H', this["VI"] == 'H', this["VA"] == 'H');
            var eq3 = confidentiality && integrity ? 0 : confidentiality || integrity || availability ? 1 : 2;
            var eq4 = this["SI"] == 'S' || this["SA"] == 'S' ? 0 : this["SC"] == 'H' || this["SI"] == 'H' || this["SA"] == 'H' ? 1 : 2;
            var eq5 = this["E"] switch { 'A' => 0, 'P' => 1, _ => 2 };
            var eq6 = (confidentiality && this["CR"] == 'H') || (integrity && this["IR"] == 'H') || (availability && this["AR"] == 'H') ? 0 : 1;
            return new CvssV4Macro(eq1, eq2, eq3, eq4, eq5, eq6);
        }
    }

    public static CvssV4Vector Of(CvssMetrics metrics)
    {
        var vector = new CvssV4Vector();
        foreach (var name in Levels.Keys)
        {
            vector._values[name] = name is "CR" or "IR" or "AR" ? metrics.Get(name, "H")[0] : metrics.Modified(name)[0];
        }

        vector._values["E"] = metrics.Get("E", "A")[0];
        return vector;
    }

    /// <summary>Steps from the first of <paramref name="worstVectors"/> that is nowhere less severe than this one; each lists the values of <paramref name="metrics"/>.</summary>
    public int DistanceBelowWorst(string[] metrics, string[] worstVectors)
    {
        foreach (var worst in worstVectors)
        {
            var steps = metrics.Select((name, index) => Levels[name].IndexOf(this[name]) - Levels[name].IndexOf(worst[index])).ToList();
            if (steps.TrueForAll(step => step >= 0))
            {
                return steps.Sum();
            }
        }

        return 0;
    }
}

/// <summary>Levels 0 (worst) to 2 of the six equivalence classes.</summary>
internal readonly record struct CvssV4Macro(int Eq1, int Eq2, int Eq3, int Eq4, int Eq5, int Eq6);
