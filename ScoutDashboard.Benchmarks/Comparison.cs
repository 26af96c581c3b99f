using System.Diagnostics;

namespace ScoutDashboard.Benchmarks;

/// <summary>How much longer one piece of work takes than another: the medians of rounds in which both have their turn, so that whatever else the machine does hits both alike.</summary>
/// <param name="Cpu">Ratio of their processor time.</param>
/// <param name="Wall">Ratio of their elapsed time; tells of nothing but the machine's other work where its cores are busy.</param>
/// <param name="Subject">Median processor time of the first.</param>
internal sealed record Comparison(double Cpu, double Wall, TimeSpan Subject)
{
    private const int WarmUps = 2;

    public static async Task<Comparison> RunAsync(int rounds, Func<Task> subject, Func<Task> reference)
    {
        var taken = new List<(Cost Subject, Cost Reference)>();
        for (var round = -WarmUps; round < rounds; round++)
        {
            var isReferenceFirst = (round & 1) != 0;
            var first = await MeasureAsync(isReferenceFirst ? reference : subject);
            var second = await MeasureAsync(isReferenceFirst ? subject : reference);
            if (round >= 0)
            {
                taken.Add(isReferenceFirst ? (second, first) : (first, second));
            }
        }

        return new Comparison(
            Median(taken.Select(pair => pair.Subject.Cpu / pair.Reference.Cpu)),
            Median(taken.Select(pair => pair.Subject.Wall / pair.Reference.Wall)),
            TimeSpan.FromSeconds(Median(taken.Select(pair => pair.Subject.Cpu.TotalSeconds))));
    }

    private static async Task<Cost> MeasureAsync(Func<Task> work)
    {
        GC.Collect();
        var (cpu, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await work();
        return new Cost(Environment.CpuUsage.TotalTime - cpu, Stopwatch.GetElapsedTime(start));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private readonly record struct Cost(TimeSpan Cpu, TimeSpan Wall);
}
