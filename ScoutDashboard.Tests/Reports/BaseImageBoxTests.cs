using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;

namespace ScoutDashboard.Tests.Reports;

public sealed class BaseImageBoxTests : BunitContext
{
    private static readonly KnownBase Known = new(
        7, "contoso.azurecr.io", "base/debian", "12", ReportSeed.DigestOf("os"), IsDeleted: false, Layers: 2, Steps: 3, IsDeclared: false,
        new SeverityCountsBySide(new SeverityCounts(3, 0, 0, 0, 0), new SeverityCounts(0, 5, 0, 0, 0)), Newer: null);

    public BaseImageBoxTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddLocalization();
        Services.AddSingleton(TimeProvider.System);
    }

    [Fact]
    public void AnUnknownBaseIsNotToldAsNoneAndShowsNoNumber()
    {
        var text = Text(new BaseImage(null, null));

        Assert.Contains("Not known", text, StringComparison.Ordinal);
        Assert.Contains("org.opencontainers.image.base.name", text, StringComparison.Ordinal);
        Assert.DoesNotContain("From the base image", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AKnownBaseIsLinkedWithItsLayersAndTheNumbersOfBothSides()
    {
        var box = Render<BaseImageBox>(parameters => parameters.Add(b => b.Base, new BaseImage(null, Known with { Newer = new NewerBase("12", ReportSeed.Now, 9) })));

        Assert.Equal(["/images/7", "/images/9"], box.FindAll("a").Select(a => a.GetAttribute("href")));
        Assert.Contains("found by its layers: 0 to 1", box.Markup, StringComparison.Ordinal);
        Assert.Contains("A newer 12 exists", box.Markup, StringComparison.Ordinal);
        Assert.Equal(["3 critical, 0 high, 0 medium, 0 low, 0 unknown", "0 critical, 5 high, 0 medium, 0 low, 0 unknown"], box.FindAll(".severity-bar").Select(b => b.GetAttribute("title")));
    }

    [Fact]
    public void ADeclaredBaseThatNobodyKnowsIsAClaimMadeHarmless()
    {
        var text = Text(new BaseImage(new DeclaredBase("docker.io/evil\u202E:<b>", null, DeclaredBy.Label), null));

        Assert.Contains("docker.io/evil\\u202e:&lt;b&gt;", text, StringComparison.Ordinal);
        Assert.Contains("declared by a label", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<a", text, StringComparison.Ordinal);
        Assert.DoesNotContain("From the base image", text, StringComparison.Ordinal);
    }

    [Fact]
    public void CountsThatNobodyKnowsAreNoZeros()
    {
        var text = Text(new BaseImage(null, Known with { Sides = null }));

        Assert.Contains("Not scanned", text, StringComparison.Ordinal);
        Assert.DoesNotContain("severity-zero", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheLayerListMarksWhereTheBaseEnds()
    {
        IReadOnlyList<LayerRow> layers = [Layer(0, 0, "ADD"), Layer(1, null, "CMD"), Layer(2, 1, "RUN runtime"), Layer(3, 2, "COPY app")];

        var items = Render<LayerList>(parameters => parameters.Add(l => l.Layers, layers).Add(l => l.Base, Known).Add(l => l.Address, layer => $"?layer={layer}"))
            .FindAll("li").Select(item => item.QuerySelector("code")?.TextContent ?? item.TextContent.Trim());

        Assert.Equal(["Base image base/debian:12", "ADD", "CMD", "RUN runtime", "This image's own layers", "COPY app"], items.Skip(1));
    }

    private string Text(BaseImage found) => Render<BaseImageBox>(parameters => parameters.Add(b => b.Base, found)).Markup;

    private static LayerRow Layer(int ordinal, int? index, string text) => new(ordinal, index, null, 100, text, 0, null);
}
