namespace ScoutDashboard.Advisories.Scores;

/// <summary>The facts of CVSS v4.0, section 8: the scores of all 270 macrovectors, the worst vectors of each class and how deep each class is.</summary>
internal static class CvssV4Table
{
    private static readonly string[] Eq1Metrics = ["AV", "PR", "UI"];
    private static readonly string[] Eq2Metrics = ["AC", "AT"];
    private static readonly string[] Eq36Metrics = ["VC", "VI", "VA", "CR", "IR", "AR"];
    private static readonly string[] Eq4Metrics = ["SC", "SI", "SA"];

    private static readonly string[][] Eq1Worst = [["NNN"], ["ANN", "NLN", "NNP"], ["PNN", "ALP"]];
    private static readonly string[][] Eq2Worst = [["LN"], ["HN", "LP"]];
    private static readonly string[][] Eq4Worst = [["HSS"], ["HHH"], ["LLL"]];

    private static readonly int[] Eq1Depth = [1, 4, 5];
    private static readonly int[] Eq2Depth = [1, 2];
    private static readonly int[] Eq4Depth = [6, 5, 4];

    // A row for each EQ1, EQ2, EQ3; in it EQ4, EQ5, EQ6 count up. EQ3 = 2 with EQ6 = 0 can't be: those rows have half the columns.
    private static readonly double[][] Scores =
    [
        [10, 9.9, 9.8, 9.5, 9.5, 9.2, 10, 9.6, 9.3, 8.7, 9.1, 8.1, 9.3, 9, 8.9, 8, 8.1, 6.8],
        [9.8, 9.5, 9.5, 9.2, 9, 8.4, 9.3, 9.2, 8.9, 8.1, 8.1, 6.5, 8.8, 8, 7.8, 7, 6.9, 4.8],
        [9.2, 8.2, 7.2, 7.9, 6.9, 5, 6.9, 5.5, 2.7],
        [9.9, 9.7, 9.5, 9.2, 9.2, 8.5, 9.5, 9.1, 9, 8.3, 8.4, 7.1, 9.2, 8.1, 8.2, 7.1, 7.2, 5.3],
        [9.5, 9.3, 9.2, 8.5, 8.5, 7.3, 9.2, 8.2, 8, 7.2, 7, 5.9, 8.4, 7, 7.1, 5.2, 5, 3],
        [8.6, 7.5, 5.2, 7.1, 5.2, 2.9, 6.3, 2.9, 1.7],
        [9.8, 9.5, 9.4, 8.7, 9.1, 8.1, 9.4, 8.9, 8.6, 7.4, 7.7, 6.4, 8.7, 7.5, 7.4, 6.3, 6.3, 4.9],
        [9.4, 8.9, 8.8, 7.7, 7.6, 6.7, 8.6, 7.6, 7.4, 5.8, 5.9, 5, 7.2, 5.7, 5.7, 5.2, 5.2, 2.5],
        [8.3, 7, 5.4, 6.5, 5.8, 2.6, 5.3, 2.1, 1.3],
        [9.5, 9, 8.8, 7.6, 7.6, 7, 9, 7.7, 7.5, 6.2, 6.1, 5.3, 7.7, 6.6, 6.8, 5.9, 5.2, 3],
        [8.9, 7.8, 7.6, 6.7, 6.2, 5.8, 7.4, 5.9, 5.7, 5.7, 4.7, 2.3, 6.1, 5.2, 5.7, 2.9, 2.4, 1.6],
        [7.1, 5.9, 3, 5.8, 2.6, 1.5, 2.3, 1.3, 0.6],
        [9.3, 8.7, 8.6, 7.2, 7.5, 5.8, 8.6, 7.4, 7.4, 6.1, 5.6, 3.4, 7, 5.4, 5.2, 4, 4, 2.2],
        [8.5, 7.5, 7.4, 5.5, 6.2, 5.1, 7.2, 5.7, 5.5, 4.1, 4.6, 1.9, 5.3, 3.6, 3.4, 1.9, 1.9, 0.8],
        [6.4, 5.1, 2, 4.7, 2.1, 1.1, 2.4, 0.9, 0.4],
        [8.8, 7.5, 7.3, 5.3, 6, 5, 7.3, 5.5, 5.9, 4, 4.1, 2, 5.4, 4.3, 4.5, 2.2, 2, 1.1],
        [7.5, 5.5, 5.8, 4.5, 4, 2.1, 6.1, 5.1, 4.8, 1.8, 2, 0.9, 4.6, 1.8, 1.7, 0.7, 0.8, 0.2],
        [5.3, 2.4, 1.4, 2.4, 1.2, 0.5, 1, 0.3, 0.1],
    ];

    /// <summary>The macrovector's score, or null where no vector has it.</summary>
    public static double? Score(CvssV4Macro macro)
    {
        if (macro is { Eq1: > 2 } or { Eq2: > 1 } or { Eq3: > 2 } or { Eq4: > 2 } or { Eq5: > 2 } or { Eq6: > 1 } or { Eq3: 2, Eq6: 0 })
        {
            return null;
        }

        var row = Scores[(macro.Eq1 * 6) + (macro.Eq2 * 3) + macro.Eq3];
        var column = (macro.Eq4 * 3) + macro.Eq5;
        return macro.Eq3 == 2 ? row[column] : row[(column * 2) + macro.Eq6];
    }

    /// <summary>What lies one step below this macrovector in each class. EQ3 and EQ6 go together; EQ5 has one metric and so no depth.</summary>
    public static IEnumerable<CvssV4Step> StepsDown(CvssV4Macro macro)
    {
        yield return new CvssV4Step(Score(macro with { Eq1 = macro.Eq1 + 1 }), Eq1Metrics, Eq1Worst[macro.Eq1], Eq1Depth[macro.Eq1]);
        yield return new CvssV4Step(Score(macro with { Eq2 = macro.Eq2 + 1 }), Eq2Metrics, Eq2Worst[macro.Eq2], Eq2Depth[macro.Eq2]);
        yield return Eq36(macro);
        yield return new CvssV4Step(Score(macro with { Eq4 = macro.Eq4 + 1 }), Eq4Metrics, Eq4Worst[macro.Eq4], Eq4Depth[macro.Eq4]);
        yield return new CvssV4Step(Score(macro with { Eq5 = macro.Eq5 + 1 }), [], [], 1);
    }

    private static CvssV4Step Eq36(CvssV4Macro macro)
    {
        var lowerEq3 = Score(macro with { Eq3 = macro.Eq3 + 1 });
        var lowerEq6 = Score(macro with { Eq6 = macro.Eq6 + 1 });
        return (macro.Eq3, macro.Eq6) switch
        {
            (0, 0) => new CvssV4Step(Math.Max(lowerEq3!.Value, lowerEq6!.Value), Eq36Metrics, ["HHHHHH"], 7),
            (0, _) => new CvssV4Step(lowerEq3, Eq36Metrics, ["HHLMMH", "HHHMMM"], 6),
            (1, 0) => new CvssV4Step(lowerEq6, Eq36Metrics, ["LHHHHH", "HLHHHH"], 8),
            (1, _) => new CvssV4Step(lowerEq3, Eq36Metrics, ["LHLHMH", "LHHHMM", "HLHMHM", "HLLMHH", "LLHHHM"], 8),
            _ => new CvssV4Step(null, Eq36Metrics, ["LLLHHH"], 10),
        };
    }
}

/// <param name="NextScore">The score of the next lower macrovector; null where there is none.</param>
/// <param name="Metrics">The metrics of the class.</param>
/// <param name="WorstVectors">The worst vectors of the level: a value for each of these metrics.</param>
/// <param name="Depth">How many steps the level is deep.</param>
internal readonly record struct CvssV4Step(double? NextScore, string[] Metrics, string[] WorstVectors, int Depth);
