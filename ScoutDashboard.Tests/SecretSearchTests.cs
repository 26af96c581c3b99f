using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests;

/// <summary>What every test relies on that uses the application. Alone: steps and measurements are heard by all who listen in this process.</summary>
[Collection("end to end")]
public sealed class SecretSearchTests
{
    public static TheoryData<string, Func<ScoutApp, string, Task>> Leaks => new()
    {
        { "the log", (app, secret) => Task.Run(() => app.Services.GetRequiredService<ILogger<SecretSearchTests>>().LogTrace("Basic {Header}", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"user:{secret}")))) },
        { "the telemetry", (_, secret) => Task.Run(() => ScoutTelemetry.Activities.StartActivity("planted")?.SetTag("planted", Uri.EscapeDataString(secret)).Dispose()) },
        { "data/scout.db", KeepAsync },
        { "answers of /join", async (app, secret) =>
            {
                await KeepAsync(app, secret);
                using var browser = app.Browser();
                using var page = await browser.GetAsync(await app.Services.GetRequiredService<InvitationService>().CreateAsync(await app.ActorAsync(), MemberRole.Viewer, "", default));
                page.EnsureSuccessStatusCode();
            } },
        { "data/downloads/planted", (app, secret) => File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(app.DataDirectory, "downloads")).FullName, "planted"), secret) },
    };

    [Theory]
    [MemberData(nameof(Leaks))]
    public async Task ATestFailsThatLeavesASecretOpenAndSaysWhereAndOfWhichKind(string place, Func<ScoutApp, string, Task> leak)
    {
        var secret = TestSecrets.New("planted secret");
        var app = new ScoutApp();
        await app.SetUpAsync();
        await leak(app, secret);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(async () => await app.DisposeAsync());

        Assert.Contains($"planted secret in {place}", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, fault.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(app.DataDirectory));
    }

    [Fact]
    public async Task WhatACollectorIsToldIsSearchedToo()
    {
        var later = $"planted-{Guid.NewGuid()}";
        var collector = await Collector.StartAsync();
        await using (var app = new ScoutApp { Settings = { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" } })
        {
            await app.SetUpAsync();
            using var meter = new Meter(ScoutTelemetry.Name);
            meter.CreateCounter<int>("planted").Add(1, new KeyValuePair<string, object?>("planted", later));
            Collector.Flush(app.Services);
        }

        // Also what turns out to be one afterwards.
        TestSecrets.Know("planted secret", later);
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(async () => await collector.DisposeAsync());

        Assert.Contains("planted secret in telemetry of /v1/metrics", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatABrowserIsSentIsSearchedTooOnThePageWhereItWas()
    {
        var secret = TestSecrets.New("planted secret");
        await using var browser = await Browser.StartAsync();
        var app = new ScoutApp();
        app.Listen();
        await app.SetUpAsync();
        await KeepAsync(app, secret);
        var visit = await browser.VisitAsync(app.Address);
        await visit.Page.GotoAsync("/sign-in");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync(ScoutApp.UserName);
        await visit.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(ScoutApp.Password);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Settings" }).First.WaitForAsync();
        await visit.Page.GotoAsync("/settings");
        await visit.Page.GetByText(secret).First.WaitForAsync();

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(async () => await visit.DisposeAsync());

        Assert.Contains("planted secret in circuits of /settings", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await app.DisposeAsync());
    }

    // In the name of the organization, which pages show.
    private static async Task KeepAsync(ScoutApp app, string secret)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        await db.Organizations.ExecuteUpdateAsync(set => set.SetProperty(o => o.Name, secret));
    }
}
