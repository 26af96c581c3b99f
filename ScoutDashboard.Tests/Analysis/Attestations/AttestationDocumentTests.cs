using System.Text.Json;
using ScoutDashboard.Analysis.Attestations;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis.Attestations;

public sealed class AttestationDocumentTests
{
    private static readonly string Subject = Digest.Of("image"u8).Value;
    private static readonly AnalysisLimits Limits = new();

    [Fact]
    public void AnSpdxDocumentGivesItsPackagesWithoutTheImageItselfAndTheSystem()
    {
        var document = Read(Claims.SpdxText("pkg:deb/debian/bash@5.2", "pkg:npm/left-pad@1.0"), Claims.Spdx);

        Assert.Equal((AttestationKind.Sbom, "SPDX 2.3", "syft-v1.8.0"), (document.Kind, document.Format, document.Sbom!.Tool));
        Assert.Equal(new DateTime(2026, 11, 20, 10, 11, 12, DateTimeKind.Utc), document.Sbom.CreatedAt);
        Assert.Null(document.Subjects);
        Assert.Equal(["pkg:oci/app@sha256%3Aabc", "pkg:deb/debian/bash@5.2", "pkg:npm/left-pad@1.0"], document.Sbom.Packages.Select(package => package.Purl));
    }

    [Theory]
    [InlineData("1.2")]
    [InlineData("1.4")]
    [InlineData("1.6")]
    public void ACycloneDxDocumentGivesNestedComponentsAndNoFilesOrSystems(string version)
    {
        var document = Read(Claims.CycloneDxText(version), Claims.CycloneDx);

        Assert.Equal(($"CycloneDX {version}", "trivy 0.57.0"), (document.Format, document.Sbom!.Tool));
        Assert.Equal(new DateTime(2026, 11, 20, 8, 11, 12, DateTimeKind.Utc), document.Sbom.CreatedAt);
        Assert.Equal(
            [new SbomPackage(null, "org.a/c", "2"), new SbomPackage("pkg:maven/org.a/b@1", "org.a/b", "1"), new SbomPackage("pkg:npm/left-pad@1.0", "left-pad", "1.0"), new SbomPackage(null, "nameless", null)],
            document.Sbom.Packages);
    }

    [Fact]
    public void OlderCycloneDxListsItsTools() => Assert.Equal("syft 0.9", Read(
        """{"bomFormat":"CycloneDX","specVersion":"1.3","metadata":{"tools":[{"vendor":"anchore","name":"syft","version":"0.9"},{"name":"other"}]},"components":[]}""", Claims.CycloneDx).Sbom!.Tool);

    [Fact]
    public void ProvenanceOfBuildKitTellsBuilderSourceAndBaseWithoutItsOwnImagesAndWithoutSecrets()
    {
        var document = Read(Claims.Statement("https://slsa.dev/provenance/v0.2", Claims.ProvenanceV02(), Subject), Claims.InToto);

        var build = document.Provenance!;
        Assert.Equal((AttestationKind.Provenance, "SLSA provenance v0.2"), (document.Kind, document.Format));
        Assert.Equal(Subject, Assert.Single(document.Subjects!).Value);
        Assert.Equal(("https://ci.example.org/runs/7", "https://github.com/team/app", "0123abcd", "m1x2"), (build.Builder, build.Repository, build.Revision, build.Invocation));
        Assert.Equal(new DateTime(2026, 11, 20, 10, 5, 0, DateTimeKind.Utc), build.FinishedAt);
        Assert.Equal([new BuildImage("docker.io/library/debian:12-slim", $"sha256:{new string('b', 64)}")], build.Bases);
        Assert.DoesNotContain("secret", JsonSerializer.Serialize(document), StringComparison.Ordinal);
    }

    [Fact]
    public void ProvenanceOfVersion1InASigstoreBundleTellsTheSame()
    {
        var document = Read(Claims.Bundled(Claims.Sealed(Claims.Statement("https://slsa.dev/provenance/v1", Claims.ProvenanceV1(), Subject))), Claims.Bundle);

        var build = document.Provenance!;
        Assert.Equal(("https://github.com/actions/runner/github-hosted", "https://github.com/team/app", "89ab"), (build.Builder, build.Repository, build.Revision));
        Assert.Equal([new BuildImage("registry.example.org/base/runtime:8.0", $"sha256:{new string('c', 64)}")], build.Bases);
    }

    [Fact]
    public void AnEnvelopeIsOpenedWhateverTypeTheRegistryGivesIt()
    {
        var envelope = Claims.Sealed(Claims.Statement(Claims.SpdxPredicate, Claims.SpdxText("pkg:npm/a@1"), Subject));

        Assert.Equal("SPDX 2.3", Read(envelope, Claims.Envelope).Format);
        Assert.Equal("SPDX 2.3", Read(envelope, Claims.InToto).Format);
    }

    [Fact]
    public void AnEnvelopeOfAnotherPayloadTypeIsNotBelieved()
    {
        var reason = Reason<InvalidDataException>(Claims.Sealed(Claims.Statement(Claims.SpdxPredicate, Claims.SpdxText(), Subject), "text/plain"), Claims.Envelope);
        Assert.Equal("The envelope's payload type is text/plain, not application/vnd.in-toto+json.", reason);
    }

    [Fact]
    public void ABundleThatOnlySignsIsNoAttestation() => Assert.Null(AttestationDocument.Read(
        Claims.Bytes("""{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","messageSignature":{"signature":"AA=="}}"""), Claims.Bundle, Limits));

    [Fact]
    public void AClaimOfAnotherKindIsNamedAndNotRead()
    {
        var document = Read(Claims.Statement("https://openvex.dev/ns/v0.2.0", """{"statements":[]}""", Subject), Claims.InToto);
        Assert.Equal((AttestationKind.Other, "https://openvex.dev/ns/v0.2.0", null, null), (document.Kind, document.Format, document.Sbom, document.Provenance));
    }

    [Theory]
    [InlineData("""{"spdxVersion":"SPDX-2.1","packages":[]}""", Claims.Spdx, "SPDX-2.1 is not read, only SPDX 2.2 and 2.3.")]
    [InlineData("""{"@context":"x","@graph":[]}""", Claims.Spdx, "SPDX 3 is not read.")]
    [InlineData("""{"bomFormat":"CycloneDX","specVersion":"1.1"}""", Claims.CycloneDx, "CycloneDX 1.1 is not read, only 1.2 to 1.6.")]
    public void AVersionThatIsNotReadIsSaid(string text, string type, string reason) => Assert.Equal(reason, Reason<NotSupportedException>(text, type));

    [Theory]
    [InlineData("", Claims.Spdx)]
    [InlineData("[]", Claims.Spdx)]
    [InlineData("{}", Claims.Spdx)]
    [InlineData("{}", Claims.CycloneDx)]
    [InlineData("{}", Claims.InToto)]
    [InlineData("{}", Claims.Envelope)]
    [InlineData("""{"spdxVersion":"SPDX-2.3","packages":{}}""", Claims.Spdx)]
    [InlineData("""{"spdxVersion":"SPDX-2.3","packages":[{"name":"\ud800"}]}""", Claims.Spdx)]
    [InlineData("""{"payloadType":"application/vnd.in-toto+json","payload":"%%%"}""", Claims.Envelope)]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://spdx.dev/Document"}""", Claims.InToto)]
    public void WhatIsNoneOfItsKindIsMalformed(string text, string type) => Assert.NotEmpty(Reason<InvalidDataException>(text, type));

    [Fact]
    public void DepthWithoutEndIsOverALimit()
    {
        var nested = string.Concat(Enumerable.Repeat("""{"type":"library","name":"a","version":"1","components":[""", 100_000));
        Assert.NotEmpty(Reason<FormatLimitException>($$"""{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{{nested}}""", Claims.CycloneDx));
    }

    [Theory]
    [InlineData(Claims.CycloneDx, 3, """{"bomFormat":"CycloneDX","specVersion":"1.6","x":[[]]}""")]
    [InlineData(Claims.Spdx, 3, """{"spdxVersion":"SPDX-2.3","packages":[],"x":[[]]}""")]
    [InlineData(Claims.InToto, 4, """{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/provenance/v1","predicate":{"x":[[]]}}""")]
    public void TheDepthOfADocumentIsTheOneThatIsConfigured(string type, int depth, string text)
    {
        Assert.NotNull(AttestationDocument.Read(Claims.Bytes(text), type, Limits with { Formats = new() { JsonDepth = depth } }));
        Assert.Equal($"The document is nested deeper than {depth - 1} levels.", Assert.Throws<FormatLimitException>(
            () => AttestationDocument.Read(Claims.Bytes(text), type, Limits with { Formats = new() { JsonDepth = depth - 1 } })).Message);
    }

    [Fact]
    public void AStatementIsAboutAtMost1000SubjectsForItMightBeAboutTheImageBeyond()
    {
        string About(int count) => Claims.Statement("https://example.org/any", "{}", [.. Enumerable.Repeat(Subject, count)]);
        Assert.Equal(1000, Read(About(1000), Claims.InToto).Subjects!.Count);
        Assert.Equal("It names more than 1000 subjects.", Reason<FormatLimitException>(About(1001), Claims.InToto));
    }

    [Fact]
    public void PackagesBeyondTheLimitAreCutAndSaid()
    {
        var few = Limits with { Components = 3 };
        var cut = AttestationDocument.Read(Claims.Bytes(Claims.CycloneDxText()), Claims.CycloneDx, few)!.Sbom!;

        Assert.Equal((3, true), (cut.Packages.Count, cut.IsCut));
        Assert.False(Read(Claims.CycloneDxText(), Claims.CycloneDx).Sbom!.IsCut);
    }

    [Fact]
    [Trait("Limit", nameof(AnalysisLimits.ProvenanceBytes))]
    public void ProvenanceBeyondItsLimitIsNotRead()
    {
        var statement = Claims.Bytes(Claims.Statement("https://slsa.dev/provenance/v0.2", """{"a":"0123456789"}""", Subject));

        Assert.NotNull(AttestationDocument.Read(statement, Claims.InToto, Limits with { ProvenanceBytes = 18 })!.Provenance);
        Assert.Contains("at most 17", Assert.Throws<FormatLimitException>(() => AttestationDocument.Read(statement, Claims.InToto, Limits with { ProvenanceBytes = 17 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AByteOrderMarkMovesNothing() => Assert.Equal("SPDX 2.3", Read("\ufeff" + Claims.Statement(Claims.SpdxPredicate, Claims.SpdxText(), Subject), Claims.InToto).Format);

    private static AttestationDocument Read(string text, string type) => AttestationDocument.Read(Claims.Bytes(text), type, Limits)!;

    private static string Reason<T>(string text, string type) where T : Exception => Assert.Throws<T>(() => AttestationDocument.Read(Claims.Bytes(text), type, Limits)).Message;
}
