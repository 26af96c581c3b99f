using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>All that a registry can do wrong at once, to a running dashboard: each image ends whole, or failed with its reason, and whole once the registry is well.</summary>
public sealed class RegistryFaultTests
{
    // What trying again mends, once the registry is well.
    private static readonly RegistryFault[] Passing =
    [
        RegistryFault.BreaksOff, RegistryFault.EndsEarly, RegistryFault.OtherBytes, RegistryFault.SendsMore, RegistryFault.NeverEnds, RegistryFault.StopsSending, RegistryFault.Drips,
        RegistryFault.Throttled, RegistryFault.ThrottledWithoutTime, RegistryFault.Down, RegistryFault.Expired,
    ];

    // Each attempt takes as long as the silence or the drip that is borne, so it is not waited for twice; a blob has no pages.
    private static readonly RegistryFault[] Lasting = [.. Enum.GetValues<RegistryFault>().Except([RegistryFault.StopsSending, RegistryFault.Drips, RegistryFault.EndlessPages])];

    [Fact]
    public async Task WhateverTheRegistryDoesAnImageIsAnalysedWholeOrFailsWithAReason()
    {
        await using var registry = await ManyImages.StartAsync(repositories: 2, pushed: Passing.Length + Lasting.Length + 1);
        await using var front = await FaultyRegistry.StartAsync(registry.Host, $"http://{registry.Host}");
        var (passing, lasting) = (registry.Pushed.Take(Passing.Length).ToList(), registry.Pushed.Skip(Passing.Length).SkipLast(1).ToList());
        var endless = registry.Pushed[^1];
        front.Spoil($"/referrers/{endless.Digest}", RegistryFault.EndlessPages);
        foreach (var (image, fault) in passing.Zip(Passing))
        {
            front.Spoil(await OwnLayerAsync(registry, image), fault, times: 1);
        }

        foreach (var (image, fault) in lasting.Zip(Lasting))
        {
            front.Spoil(await OwnLayerAsync(registry, image), fault);
        }

        await using var stage = await QuietStage.StartAsync(front.Host, registry.Pushed, new Dictionary<string, string> { ["Jobs__MaxAttempts"] = "2", ["Jobs__Workers"] = "4" });
        Assert.Equal(HttpStatusCode.OK, await stage.TellAsync(registry.Pushed));
        await stage.UntilSettledAsync();

        await using (var db = stage.Open())
        {
            Assert.Equal(passing.Append(endless).Select(image => image.Digest).Order(StringComparer.Ordinal), await WholeAsync(db));
            var failed = await db.Images.Where(i => i.State == ImageState.Failed).ToListAsync();
            Assert.Equal(lasting.Select(image => image.Digest).Order(StringComparer.Ordinal), failed.Select(image => image.Digest).Order(StringComparer.Ordinal));
            // Never a smaller result, and no count that would say clean.
            Assert.All(failed, image => Assert.True(image is { Packages: 0, Critical: null, AnalysedAt: null, StateReason.Length: > 10 }, image.StateReason));
            Assert.Equal(failed.Count, await db.Jobs.CountAsync(j => j.State == JobState.Failed));
        }

        // Its list was left in time, and what it would have told counts as not known.
        Assert.InRange(front.Requests.Count(request => request.Contains($"/referrers/{endless.Digest}", StringComparison.Ordinal)), 2, 100);
        front.Heal();
        Assert.Equal(HttpStatusCode.OK, await stage.TellAsync(lasting, "again"));
        await stage.UntilSettledAsync();

        await using var after = stage.Open();
        Assert.Equal(registry.Pushed.Select(image => image.Digest).Order(StringComparer.Ordinal), await WholeAsync(after));
        await QuietStage.CheckWholeAsync(after);
    }

    private static async Task<IReadOnlyList<string>> WholeAsync(ScoutDb db) =>
        (await db.Images.Where(i => i.State == ImageState.Analysed && i.Packages == QuietStage.PackagesOfEach && i.Critical != null).Select(i => i.Digest).ToListAsync()).Order(StringComparer.Ordinal).ToList();

    private static async Task<string> OwnLayerAsync(ManyImages registry, ManyImage image)
    {
        using var client = new HttpClient();
        var manifest = await client.GetFromJsonAsync<JsonElement>(new Uri($"http://{registry.Host}/v2/{image.Repository}/manifests/{image.Digest}"));
        return manifest.GetProperty("layers")[1].GetProperty("digest").GetString()!;
    }
}
