using System.Text.Json;

namespace ScoutDashboard.Tests.Advisories.DotNet;

/// <summary>Writes .NET's release metadata as Microsoft publishes it, as far as anybody reads it.</summary>
internal static class DotNetFiles
{
    public static string Index(params string[] channels) => Index([.. channels.Select(channel => (channel, "active", (string?)"2030-11-10"))]);

    public static string Index(params (string Channel, string Phase, string? EndsOn)[] channels) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["$schema"] = "https://json.schemastore.org/dotnet-releases-index.json",
        ["releases-index"] = channels.Select(channel => new Dictionary<string, object?>
        {
            ["channel-version"] = channel.Channel, ["latest-release"] = $"{channel.Channel}.1", ["security"] = true, ["product"] = ".NET", ["support-phase"] = channel.Phase,
            ["eol-date"] = channel.EndsOn, ["releases.json"] = $"https://elsewhere.example/{channel.Channel}/releases.json",
        }),
    });

    /// <summary>A channel; the newest release first.</summary>
    public static string Channel(string channel, params object[] releases) => Channel(channel, null, releases);

    public static string Channel(string channel, string? endedOn, object[] releases) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["channel-version"] = channel, ["support-phase"] = endedOn is null ? "active" : "eol", ["eol-date"] = endedOn ?? "2030-11-10", ["releases"] = releases,
    });

    /// <summary>A release with all three runtimes in one version.</summary>
    public static object Release(string version, string date, params string[] cves) => Release(version, date, version, version, version, cves);

    /// <summary>A release with the given builds; null for a runtime that is none of it.</summary>
    public static object Release(string version, string date, string? runtime, string? aspNetCore, string? desktop, params string[] cves) => new Dictionary<string, object?>
    {
        ["release-date"] = date, ["release-version"] = version, ["security"] = cves.Length > 0,
        ["cve-list"] = cves.Length == 0 ? null : cves.Select(cve => new Dictionary<string, string> { ["cve-id"] = cve, ["cve-url"] = $"https://cve.mitre.org/cgi-bin/cvename.cgi?name={cve}" }),
        ["runtime"] = Built(runtime), ["sdk"] = Built($"{version}00"), ["aspnetcore-runtime"] = Built(aspNetCore), ["windowsdesktop"] = Built(desktop),
    };

    private static Dictionary<string, object>? Built(string? version) => version is null ? null
        : new Dictionary<string, object> { ["version"] = version, ["version-display"] = version, ["files"] = new[] { new { name = "dotnet-linux-x64.tar.gz", rid = "linux-x64" } } };
}
