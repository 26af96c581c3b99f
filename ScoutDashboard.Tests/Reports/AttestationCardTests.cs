using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Data;
using ScoutDashboard.Reports;

namespace ScoutDashboard.Tests.Reports;

public sealed class AttestationCardTests : BunitContext
{
    private static readonly Attestation Bill = new(
        AttestationKind.Sbom, "SPDX 2.3", AttestationPlace.Index, ReportSeed.DigestOf("bill"), "syft\u202E", null, AttestationSubject.Image, null,
        new PackageAgreement(420, 412, 31, 2, ["pkg:npm/<b>@1"], []), null);

    private static readonly BuildProvenance Build = new("https://ci", "https://github.com/team/app", "89ab", null, null, null, [new BuildImage("docker.io/library/debian:12", null)]);

    public AttestationCardTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddLocalization();
        Services.AddSingleton(TimeProvider.System);
    }

    [Fact]
    public void AgreementIsToldInNumbersAndSaidToBeUnverified()
    {
        var text = Markup(Bill);

        Assert.Contains("412 of 420 packages found here too; 8 only there; 31 only here", text, StringComparison.Ordinal);
        Assert.Contains("2 without a version were not compared", text, StringComparison.Ordinal);
        Assert.Contains("Not verified", text, StringComparison.Ordinal);
        Assert.Contains("syft\\u202e", text, StringComparison.Ordinal);
        Assert.Contains("pkg:npm/&lt;b&gt;@1", text, StringComparison.Ordinal);
        Assert.Contains("Only the first 1 are kept.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsAboutAnotherImageShowsNoNumbers()
    {
        var text = Markup(Bill with { Subject = AttestationSubject.Another, Names = "sha256:abc", Packages = null });

        Assert.Contains("It is about another image (sha256:abc)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("found here too", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://github.com/team/app", "89ab", "https://github.com/team/app/commit/89ab")]
    [InlineData("https://github.com/team/app", "../../evil", "https://github.com/team/app")]
    [InlineData("https://git.example.org/team/app", "89ab", "https://git.example.org/team/app")]
    [InlineData("http://github.com/team/app", "89ab", null)]
    [InlineData("javascript:alert(1)", "89ab", null)]
    [InlineData("ssh://github.com/team/app", "89ab", null)]
    public void OnlyHttpsIsLinked(string repository, string revision, string? link)
    {
        var card = Render<AttestationCard>(parameters => parameters.Add(c => c.Attestation,
            Bill with { Kind = AttestationKind.Provenance, Packages = null, Provenance = Build with { Repository = repository, Revision = revision } }));

        Assert.Equal(link, card.FindAll("a").SingleOrDefault()?.GetAttribute("href"));
        Assert.Contains("docker.io/library/debian:12", card.Markup, StringComparison.Ordinal);
    }

    private string Markup(Attestation attestation) => Render<AttestationCard>(parameters => parameters.Add(c => c.Attestation, attestation)).Markup;
}
