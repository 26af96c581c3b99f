using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;

namespace ScoutDashboard.Tests.Reports;

public sealed class ImageHeadTests : BunitContext
{
    private static readonly ImageSummary Summary = new(
        7, ReportSeed.DigestOf("image"), ImageKind.Image, "linux/amd64", 1000, ReportSeed.Now, ImageState.Partial, null, ReportSeed.Now, null, null, null, null, null, null, "Debian:12,npm");

    private static readonly ImageView View = new(
        Summary, 1, "team/app", "contoso.azurecr.io", ["v1"], "Debian GNU/Linux 12 (bookworm)", null, null, 26, null,
        [new ScanGap(ScanGapKind.Limit, "app/\u202Egnp.exe", "The file is larger than 16 MB.")], [], null);

    public ImageHeadTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddLocalization();
        Services.AddSingleton(TimeProvider.System);
    }

    [Fact]
    public void AnImageWithoutAdvisoryDataSaysSoAndShowsNoZero()
    {
        var text = Render<ImageHead>(parameters => parameters.Add(h => h.View, View)).Markup;

        Assert.Contains("No advisory data for Debian:12, npm yet", text, StringComparison.Ordinal);
        Assert.Contains("Not scanned", text, StringComparison.Ordinal);
        Assert.DoesNotContain("severity-zero", text, StringComparison.Ordinal);
    }

    [Fact]
    public void GapsAreListedWithTheirPathMadeHarmless()
    {
        var text = Render<ImageHead>(parameters => parameters.Add(h => h.View, View)).Markup;

        Assert.Contains("1 thing was not read", text, StringComparison.Ordinal);
        Assert.Contains("The file is larger than 16 MB.", text, StringComparison.Ordinal);
        Assert.Contains("app/\\u202egnp.exe", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheEndOfSupportIsToldWithItsDateWhereOneIsKnown()
    {
        var view = View with { Unsupported = [new UnsupportedPackage(".NET", "6.0", new DateTime(2024, 11, 12, 0, 0, 0, DateTimeKind.Utc), 3, "Runtime", "6.0.36"), new UnsupportedPackage(".NET", "7.0", null, 4, "Runtime", "7.0.1")] };

        var text = Render<ImageHead>(parameters => parameters.Add(h => h.View, view)).Markup;

        Assert.Contains("Support of .NET 6.0 ended on 2024-11-12: no advisory will tell of vulnerabilities found since.", text, StringComparison.Ordinal);
        Assert.Contains("Support of .NET 7.0 ended: no advisory", text, StringComparison.Ordinal);
        Assert.Contains("href=\"/packages/3\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AWholeAndCheckedImageHasNoBanner()
    {
        var clean = View with { Image = Summary with { State = ImageState.Analysed, Unmatched = "", Critical = 0, High = 0, Medium = 0, Low = 0, Unknown = 0 }, Gaps = [] };

        Assert.Empty(Render<ImageHead>(parameters => parameters.Add(h => h.View, clean)).FindAll(".mud-alert"));
    }
}
