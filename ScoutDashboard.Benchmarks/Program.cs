using ScoutDashboard.Benchmarks;

var folder = Directory.CreateTempSubdirectory("scout-benchmark-");
try
{
    var report = new Report();
    var load = MachineLoad.Start();
    await new LayerPass(report, folder).RunAsync();
    Console.Write(report);
    Report.Note($"Other programs used {load.OthersShare():p0} of the cores meanwhile.");
    return report.IsGood ? 0 : 1;
}
finally
{
    folder.Delete(recursive: true);
}
