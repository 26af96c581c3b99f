using System.Diagnostics;
using System.Globalization;

namespace ScoutDashboard.Benchmarks;

/// <summary>How much of the machine's cores other programs used since the start of a measurement; unknown where there is no <c>/proc/stat</c>.</summary>
internal sealed class MachineLoad
{
    // USER_HZ, which Linux promises to programs (proc(5)).
    private const double TicksPerSecond = 100;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly double _busy = BusySeconds();
    private readonly double _own = OwnSeconds();

    public static MachineLoad Start() => new();

    /// <summary>0 where they were all ours, 1 where they were all theirs.</summary>
    public double OthersShare()
    {
        var others = BusySeconds() - _busy - (OwnSeconds() - _own);
        return Math.Clamp(others / (Stopwatch.GetElapsedTime(_start).TotalSeconds * Environment.ProcessorCount), 0, 1);
    }

    /// <summary>Whether two cores were so free that elapsed time means something.</summary>
    public static bool IsIdle(double others) => others < 0.05 && Environment.ProcessorCount > 1;

    // With those of processes that it started and that have ended: cutime and cstime, counted from behind the name, which may hold anything (proc(5)).
    private static double OwnSeconds()
    {
        if (!File.Exists("/proc/self/stat"))
        {
            return double.NaN;
        }

        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return Environment.CpuUsage.TotalTime.TotalSeconds + ((double.Parse(fields[13], CultureInfo.InvariantCulture) + double.Parse(fields[14], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    // "cpu  user nice system idle iowait irq softirq steal guest guest_nice"; guests are in user already.
    private static double BusySeconds()
    {
        if (!File.Exists("/proc/stat"))
        {
            return double.NaN;
        }

        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(double.Parse).ToArray();
        return (ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond;
    }
}
