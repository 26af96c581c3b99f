using System.Text;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;

namespace ScoutDashboard.Tests.Analysis;

public sealed class ImageConfigTests
{
    [Fact]
    public void AConfigurationIsReadWithoutTheValuesOfVariables()
    {
        var config = Parse("""
            { "os": "linux", "architecture": "arm64", "variant": "v8", "created": "2024-05-06T07:08:09.123456789Z",
              "config": { "User": "app", "Env": ["PATH=/bin", "TOKEN=hunter2=x", "EMPTY"], "Entrypoint": ["/app"], "Cmd": null, "WorkingDir": "/srv",
                          "ExposedPorts": { "8080/tcp": {} }, "Labels": { "a": "b" } },
              "history": [ { "created_by": "ENV TOKEN=hunter2=x", "empty_layer": true }, { "created_by": "COPY . .", "created": "2024-05-06T00:00:00+02:00" } ] }
            """);
        Assert.Equal("linux/arm64/v8", config.Platform.ToString());
        Assert.Equal(["PATH", "TOKEN", "EMPTY"], config.Settings.EnvironmentNames);
        Assert.Equal(("app", "/srv", "8080/tcp", "b"), (config.Settings.User, config.Settings.WorkingDir, config.Settings.ExposedPorts[0], config.Settings.Labels["a"]));
        Assert.Equal([("ENV TOKEN=***", true), ("COPY . .", false)], config.History.Select(step => (step.Instruction, step.IsEmpty)));
        Assert.Equal(new DateTime(2024, 5, 5, 22, 0, 0, DateTimeKind.Utc), config.History[1].CreatedAt);
        Assert.Equal(DateTimeKind.Utc, config.CreatedAt!.Value.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\":")]
    public void WhatIsNoJsonIsMalformed(string json) => Assert.Throws<InvalidDataException>(() => Parse(json));

    [Theory]
    [InlineData("[]")]
    [InlineData("""{ "os": 5, "config": [], "history": {}, "created": "yesterday" }""")]
    [InlineData("""{ "config": { "Env": "x", "Labels": [], "Entrypoint": "x", "ExposedPorts": 5 }, "history": [5, {"created_by": 5}] }""")]
    public void UnexpectedTypesAreReadAsAbsent(string json) => Assert.True(Parse(json).Platform.IsUnknown);

    [Fact]
    public void AnEndlessHistoryIsRefused() =>
        Assert.Throws<InvalidDataException>(() => Parse($"{{\"history\":[{string.Join(',', Enumerable.Repeat("{}", 2049))}]}}"));

    private static ImageConfig Parse(string json) => ImageConfig.Parse(Encoding.UTF8.GetBytes(json), new AnalysisLimits());
}
