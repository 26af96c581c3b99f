using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Reports;

namespace ScoutDashboard.Tests.Reports;

public sealed class NeedListTests : BunitContext
{
    public NeedListTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddLocalization();
    }

    public static TheoryData<NeedKind> Kinds => [.. Enum.GetValues<NeedKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void OneAndSeveralOfAKindAreToldApart(NeedKind kind)
    {
        var one = Texts(Need.Of(kind, "contoso.azurecr.io", null, "/")).Single();
        var several = Texts(new Need(kind, 1234, null, null, "/")).Single();

        Assert.NotEqual(one, several);
        Assert.Contains("1,234", several, StringComparison.Ordinal);
        Assert.DoesNotContain("{0}", one + several, StringComparison.Ordinal);
    }

    [Fact]
    public void MoreKindsThanSevenAreOnePressAway()
    {
        var list = Render<NeedList>(parameters => parameters.Add(l => l.Needs, [.. Enum.GetValues<NeedKind>().Select(kind => new Need(kind, 2, null, null, "/"))]));
        Assert.Equal(NeedsReport.Shown, list.FindAll("li").Count);
        Assert.Equal("Show 7 more", list.Find("button").TextContent.Trim());

        list.Find("button").Click();

        Assert.Equal(Enum.GetValues<NeedKind>().Length, list.FindAll("li").Count);
        Assert.Empty(list.FindAll("button"));
    }

    private string[] Texts(params Need[] needs) =>
        [.. Render<NeedList>(parameters => parameters.Add(l => l.Needs, needs)).FindAll("li a > .action").Select(action => action.PreviousElementSibling!.TextContent.Trim())];
}
