using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace ScoutDashboard.Tests.Integrations.Deployments;

/// <summary>Bicep's own compiler with its type definitions of Azure, offline: checks a template and predicts what a deployment would create.</summary>
internal sealed class BicepTool : IDisposable
{
    private const string Guid = "11111111-1111-1111-1111-111111111111";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-bicep-");

    /// <summary>Decompiles the template to <c>t.bicep</c>; fails where it is none.</summary>
    public async Task DecompileAsync(string template)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "t.json"), template);
        var (code, output) = await RunAsync("decompile", "t.json", "--force");
        Assert.True(code == 0, output);
    }

    /// <summary>Codes of all warnings and errors of types and of the linter, e.g. <c>BCP037</c>.</summary>
    public async Task<IReadOnlyList<string>> ComplaintsAsync()
    {
        var (_, built) = await RunAsync("build", "t.bicep", "--outfile", "built.json");
        var (_, linted) = await RunAsync("lint", "t.bicep");
        return [.. (built + linted).Split('\n').Where(line => line.Contains(" : ", StringComparison.Ordinal) && line.Contains("t.bicep", StringComparison.Ordinal))
            .Select(line => line.Split(" : ")[1].Split(':')[0].Split(' ')[1]).Distinct()];
    }

    /// <summary>The resources that a deployment into <c>rg1</c> (westeurope) would create, by the ARM engine's own evaluation.</summary>
    public async Task<IReadOnlyList<JsonElement>> PredictAsync(string parameters)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "p.bicepparam"), $"using 't.bicep'\n{parameters}\n");
        var (code, output) = await RunAsync("snapshot", "p.bicepparam", "--mode", "overwrite", "--tenant-id", Guid, "--subscription-id", Guid, "--resource-group", "rg1", "--location", "westeurope");
        Assert.True(code == 0, output);
        using var snapshot = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "p.snapshot.json")));
        return [.. snapshot.RootElement.GetProperty("predictedResources").EnumerateArray().Select(resource => resource.Clone())];
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var folder = typeof(BicepTool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "BicepFolder").Value!;
        var start = new ProcessStartInfo(Path.Combine(folder, "bicep"), arguments) { WorkingDirectory = _folder.FullName, RedirectStandardError = true, RedirectStandardOutput = true };
        using var limit = new CancellationTokenSource(Limit);
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, string.Concat(output));
    }
}
