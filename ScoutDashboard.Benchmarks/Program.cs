using ScoutDashboard.Benchmarks;

if (args is [Memory.ScanCommand, .. var layer])
{
    await Memory.ScanAsync(layer);
    return 0;
}

if (args is [Knowledge.ImportCommand, .. var archive])
{
    await Knowledge.ImportAsync(archive);
    return 0;
}

var folder = Directory.CreateTempSubdirectory("scout-benchmark-");
try
{
    var report = new Report();
    var load = MachineLoad.Start();
    if (args is [] || args.Contains("layers"))
    {
        await new LayerPass(report, folder).RunAsync();
    }

    if (args is [] || args.Contains("memory"))
    {
        await new Memory(report, folder).RunAsync();
    }

    if (args is [] || args.Contains("knowledge"))
    {
        await new Knowledge(report, folder).RunAsync();
    }

    if (args.Contains("exceptions"))
    {
        await new ManyExceptions(report, folder).RunAsync();
    }

    if (args.Contains("queue"))
    {
        await new FullQueue(report).RunAsync();
    }

    if (args.Contains("feed"))
    {
        await new FullFeed(report).RunAsync();
    }

    if (args is ["load", ..])
    {
        await new Load(report, LoadPlan.Short(args.ElementAtOrDefault(1), args.ElementAtOrDefault(2))).RunAsync();
    }

    if (args is ["soak", ..])
    {
        await new Load(report, LoadPlan.Long(args.ElementAtOrDefault(1))).RunAsync();
    }

    Console.Write(report);
    Report.Note($"Other programs used {load.OthersShare():p0} of the cores meanwhile.");
    return report.IsGood ? 0 : 1;
}
finally
{
    folder.Delete(recursive: true);
}
