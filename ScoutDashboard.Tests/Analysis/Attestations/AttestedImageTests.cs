using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Analysis.Attestations;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Reports;
using static ScoutDashboard.Tests.Analysis.AnalyserRig;

namespace ScoutDashboard.Tests.Analysis.Attestations;

/// <summary>Images whose registry holds attestations: bash 5.2 and left-pad 1.0 are in each.</summary>
public sealed class AttestedImageTests : IAsyncLifetime
{
    private static readonly string[] Agreeing = ["pkg:deb/debian/bash@5.2?arch=amd64", "pkg:npm/left-pad@1.0"];
    private AnalyserRig _rig = null!;

    public async Task InitializeAsync() => _rig = await StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task TheIndexOfBuildKitTellsWhatIsInTheImageAndHowItWasBuilt()
    {
        var image = Image();
        var sbom = Sbom(image, Agreeing[0], "pkg:deb/debian/curl@8.0");
        var provenance = _rig.Registry.AddAttestation(Claims.InToto, Claims.Bytes(Claims.Statement("https://slsa.dev/provenance/v0.2", Claims.ProvenanceV02(), image)), target: image);
        var alien = _rig.Registry.AddAttestation(Claims.InToto, Claims.Bytes("of another image"), target: Digest.Of("other"u8).Value);

        var found = await AnalyseAsync(_rig.Registry.AddIndexWith([image], sbom, provenance, alien), image);

        Assert.Equal((2, 0, null), (found.Found.Count, found.Gaps.Count, found.NotAsked));
        var bill = found.Found[0];
        Assert.Equal((AttestationKind.Sbom, AttestationPlace.Index, AttestationSubject.Image, "syft-v1.8.0"), (bill.Kind, bill.Place, bill.Subject, bill.Tool));
        Assert.Equal((2, 1, 1, 1), (bill.Packages!.Named, bill.Packages.Both, bill.Packages.OnlyThere, bill.Packages.OnlyHere));
        Assert.Equal(["pkg:deb/debian/curl@8.0"], bill.Packages.ThereList);
        Assert.Equal(["pkg:npm/left-pad@1.0"], bill.Packages.HereList);
        Assert.Equal(("https://ci.example.org/runs/7", "0123abcd"), (found.Found[1].Tool, found.Found[1].Provenance!.Revision));
        await using var db = _rig.Database.CreateDbContext();
        var row = await db.ImageAttestations.SingleAsync();
        Assert.Equal(("docker.io/library/debian:12-slim", $"sha256:{new string('b', 64)}"), (row.BaseName, row.BaseDigest));
        Assert.Equal(ImageState.Analysed, (await db.Images.SingleAsync(i => i.Digest == image)).State);
    }

    [Fact]
    public async Task ReferrersOfTheImageAndOfItsIndexAreReadPageByPage()
    {
        var image = Image();
        var index = _rig.Registry.AddIndexWith([image]);
        var bare = _rig.Registry.AddAttestation(Claims.Spdx, Claims.Bytes(Claims.SpdxText(Agreeing)), subject: image);
        var second = _rig.Registry.AddAttestation(Claims.CycloneDx, Claims.Bytes(Claims.CycloneDxText()), subject: image);
        var sealedOne = _rig.Registry.AddAttestation(Claims.Bundle, Claims.Bytes(Claims.Bundled(Claims.Sealed(Claims.Statement(Claims.SpdxPredicate, Claims.SpdxText(Agreeing), index)))), subject: index);
        var signature = _rig.Registry.AddAttestation("application/vnd.cncf.notary.signature", Claims.Bytes("{}"), subject: image);
        _rig.Registry.Referrers = async (digest, context) =>
        {
            if (digest == image && !context.Request.Query.ContainsKey("page"))
            {
                context.Response.Headers.Link = $"</v2/app/referrers/{image}?page=2>; rel=\"next\"";
            }

            await context.Response.Body.WriteAsync(FakeRegistry.List(digest == index ? [sealedOne] : context.Request.Query.ContainsKey("page") ? [second] : [bare, signature]));
        };

        var found = await AnalyseAsync(index, image);

        Assert.Empty(found.Gaps);
        Assert.Equal(
            [("SPDX 2.3", AttestationPlace.Referrer, AttestationSubject.Image, 2), ("CycloneDX 1.6", AttestationPlace.Referrer, AttestationSubject.Image, 1),
                // The index holds no other image: what is said of it is said of this one.
                ("SPDX 2.3", AttestationPlace.IndexReferrer, AttestationSubject.Index, 2)],
            found.Found.Select(one => (one.Format, one.Place, one.Subject, one.Packages!.Both)));
    }

    [Fact]
    public async Task WhatIsSaidOfAnIndexOfSeveralPlatformsIsNotCompared()
    {
        var (image, arm) = (Image(), _rig.Registry.AddImage([BaseLayer], platform: "linux/arm64"));
        var index = _rig.Registry.AddIndexWith([image, arm]);
        _rig.Registry.AddReferrersTag(index, _rig.Registry.AddAttestation(Claims.Spdx, Claims.Bytes(Claims.SpdxText(Agreeing)), subject: index));

        var bill = Assert.Single((await AnalyseAsync(index, image)).Found);

        Assert.Equal((AttestationSubject.Index, null), (bill.Subject, bill.Packages));
    }

    [Fact]
    public async Task ARegistryWithoutTheApiListsThemUnderATag()
    {
        var image = Image();
        _rig.Registry.AddReferrersTag(image, _rig.Registry.AddAttestation(Claims.Spdx, Claims.Bytes(Claims.SpdxText(Agreeing)), subject: image));

        var found = await AnalyseAsync(image, image);

        Assert.Equal((null, 2), (found.NotAsked, Assert.Single(found.Found).Packages!.Both));
    }

    [Fact]
    public async Task WhatSaysNothingOfThisImageIsShownAsAnothersAndNotCompared()
    {
        var (image, other) = (Image(), Digest.Of("other"u8).Value);
        _rig.Registry.AddReferrersTag(
            image,
            _rig.Registry.AddAttestation(Claims.InToto, Claims.Bytes(Claims.Statement("https://slsa.dev/provenance/v0.2", Claims.ProvenanceV02(), other)), subject: image),
            _rig.Registry.AddAttestation(Claims.Spdx, Claims.Bytes(Claims.SpdxText(Agreeing)), subject: other),
            _rig.Registry.AddAttestation(Claims.CycloneDx, Claims.Bytes(Claims.CycloneDxText())));

        var found = await AnalyseAsync(image, image);

        Assert.Equal([other, other, null], found.Found.Select(one => one.Names));
        Assert.All(found.Found, one => Assert.Equal((AttestationSubject.Another, null), (one.Subject, one.Packages)));
        await using var db = _rig.Database.CreateDbContext();
        Assert.Null((await db.ImageAttestations.SingleAsync()).BaseName);
    }

    [Theory]
    [InlineData(403, "The token does not allow pulling this image.")]
    [InlineData(500, "The registry has a fault of its own (500).")]
    [InlineData(200, "The manifest is not valid JSON of its kind.")]
    public async Task ARegistryThatDoesNotAnswerIsNotOneThatHasNone(int status, string reason)
    {
        var image = Image();
        _rig.Registry.Referrers = (_, context) =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("{");
        };

        var found = await AnalyseAsync(image, image);

        Assert.StartsWith(reason, found.NotAsked, StringComparison.Ordinal);
        Assert.Empty(found.Found);
        Assert.Equal((ImageState.Analysed, "[]"), await StateAsync(image));
    }

    [Fact]
    public async Task AListThatGoesOnAtAnotherHostIsNotFollowed()
    {
        var image = Image();
        _rig.Registry.Referrers = async (_, context) =>
        {
            context.Response.Headers.Link = "<http://evil.example/v2/app/referrers/x>; rel=\"next\"";
            await context.Response.Body.WriteAsync(FakeRegistry.List([]));
        };

        Assert.Equal("The registry's list goes on at another host; it was not followed.", (await AnalyseAsync(image, image)).NotAsked);
    }

    [Fact]
    public async Task WhatIsMalformedMissingOrTooLargeIsAGapAndTheRestIsRead()
    {
        var image = Image();
        _rig.Registry.AddReferrersTag(
            image,
            _rig.Registry.AddAttestation(Claims.Spdx, Claims.Bytes("{"), subject: image),
            _rig.Registry.AddAttestation(Claims.Spdx, Claims.Bytes("""{"spdxVersion":"SPDX-2.0"}"""), subject: image),
            _rig.Registry.AddAttestation(Claims.CycloneDx, Claims.Bytes("{ }"), subject: image, size: (64 << 20) + 1),
            _rig.Registry.AddAttestation(Claims.CycloneDx, Claims.Bytes("{  }"), subject: image, size: 2),
            new { mediaType = "application/vnd.oci.image.manifest.v1+json", digest = Digest.Of("missing"u8).Value, size = 2, artifactType = Claims.Spdx },
            _rig.Registry.AddAttestation(Claims.Spdx, Claims.Bytes(Claims.SpdxText(Agreeing)), subject: image));

        var found = await AnalyseAsync(image, image);

        Assert.Equal([ScanGapKind.Malformed, ScanGapKind.Unsupported, ScanGapKind.Limit, ScanGapKind.NotPulled, ScanGapKind.NotPulled], found.Gaps.Select(gap => gap.Kind));
        Assert.Contains("at most 67108864", found.Gaps[2].Reason, StringComparison.Ordinal);
        Assert.Single(found.Found);
        // They are no part of the image: its own analysis is whole.
        Assert.Equal((ImageState.Analysed, "[]"), await StateAsync(image));
    }

    [Fact]
    [Trait("Limit", nameof(AnalysisLimits.Attestations))]
    [Trait("Limit", nameof(AnalysisLimits.AttestationBytes))]
    public async Task OnlySoManyAreReadAndSoLargeOnes()
    {
        var image = Digest.Of("image"u8);
        var source = new Shelf(image, [.. Enumerable.Range(0, 5).Select(at => Claims.Bytes(Claims.SpdxText($"pkg:npm/a@{at}")))]);
        var (few, small) = (new AnalysisLimits { Attestations = 3 }, new AnalysisLimits { AttestationBytes = source.Blobs[0].Length - 1 });

        var cut = await new AttestationReader(few).ReadAsync(source, new AttestedImage(image, null), [], null, default);
        Assert.Equal((3, "2 more attestations were not read: at most 3 of an image are."), (cut.Found.Count, Assert.Single(cut.Gaps).Reason));

        var none = await new AttestationReader(small).ReadAsync(source, new AttestedImage(image, null), [], null, default);
        Assert.Equal((0, 5), (none.Found.Count, none.Gaps.Count(gap => gap.Kind == ScanGapKind.Limit)));
    }

    [Fact]
    public async Task AnalysingAgainReplacesWhatWasSaid()
    {
        var image = Image();
        Assert.Empty((await AnalyseAsync(image, image)).Found);

        _rig.Registry.AddReferrersTag(image, _rig.Registry.AddAttestation(Claims.Spdx, Claims.Bytes(Claims.SpdxText(Agreeing)), subject: image));
        Assert.Single((await AnalyseAsync(image, image)).Found);
    }

    [Fact]
    public async Task AnalysingAgainPullsOnlyWhatWasNotReadBefore()
    {
        var image = Image();
        byte[] first = Claims.Bytes(Claims.SpdxText(Agreeing)), second = Claims.Bytes(Claims.CycloneDxText());
        var bill = _rig.Registry.AddAttestation(Claims.Spdx, first, subject: image);
        _rig.Registry.AddReferrersTag(image, bill);
        var told = await AnalyseAsync(image, image);

        _rig.Registry.Pulls.Clear();
        Assert.Equivalent(told, await AnalyseAsync(image, image), strict: true);
        Assert.DoesNotContain(Digest.Of(first).Value, _rig.Registry.Pulls);

        _rig.Registry.AddReferrersTag(image, bill, _rig.Registry.AddAttestation(Claims.CycloneDx, second, subject: image));
        Assert.Equal(["SPDX 2.3", "CycloneDX 1.6"], (await AnalyseAsync(image, image)).Found.Select(one => one.Format));
        Assert.Equal((0, 1), (_rig.Registry.Pulls.Count(digest => digest == Digest.Of(first).Value), _rig.Registry.Pulls.Count(digest => digest == Digest.Of(second).Value)));
    }

    [Fact]
    public async Task ADocumentIsReadAgainWhereThePackagesAreOthersOrSomethingWasMissed()
    {
        var image = Digest.Of("image"u8);
        var reader = new AttestationReader(new AnalysisLimits());
        var source = new Shelf(image, [Claims.Bytes(Claims.SpdxText("pkg:npm/a@1"))]);
        var subject = new AttestedImage(image, null);
        var before = await reader.ReadAsync(source, subject, [], null, default);
        Assert.Equal(1, source.Pulled);

        await reader.ReadAsync(source, subject, [], before, default);
        Assert.Equal(1, source.Pulled);
        await reader.ReadAsync(source, subject, [], before with { ComparedWith = null }, default);
        await reader.ReadAsync(source, subject, [], before with { Gaps = [new ScanGap(ScanGapKind.Limit, "", "cut")] }, default);
        await reader.ReadAsync(source, new AttestedImage(Digest.Of("other"u8), null), [], before, default);
        Assert.Equal(4, source.Pulled);
    }

    [Fact]
    public async Task AnotherOrganizationLearnsNothingAndAnImageThatNobodyLookedAtHasNoAnswer()
    {
        var image = Image();
        await AnalyseAsync(image, image);
        var id = (await _rig.SingleImageAsync()).Id;

        Assert.NotNull(await new AttestationReport(_rig.Database).FindAsync(1, id, default));
        Assert.Null(await new AttestationReport(_rig.Database).FindAsync(2, id, default));
        Assert.Null(await new AttestationReport(_rig.Database).FindAsync(1, id + 1, default));
    }

    private string Image() => _rig.Registry.AddImage([BaseLayer, AppLayer]);

    private object Sbom(string image, params string[] purls) =>
        _rig.Registry.AddAttestation(Claims.InToto, Claims.Bytes(Claims.Statement(Claims.SpdxPredicate, Claims.SpdxText(purls), image)), target: image);

    private async Task<AttestationFindings> AnalyseAsync(string digest, string image)
    {
        await _rig.AnalyseAsync(digest, "v1");
        await using var db = _rig.Database.CreateDbContext();
        var id = await db.Images.Where(i => i.Digest == image).Select(i => i.Id).SingleAsync();
        return (await new AttestationReport(_rig.Database).FindAsync(1, id, default))!;
    }

    private async Task<(ImageState, string)> StateAsync(string digest)
    {
        await using var db = _rig.Database.CreateDbContext();
        var row = await db.Images.SingleAsync(i => i.Digest == digest);
        return (row.State, row.Gaps);
    }

    /// <summary>Bare SPDX documents that refer to an image.</summary>
    private sealed class Shelf(Digest subject, byte[][] blobs) : IAttestationSource
    {
        public byte[][] Blobs => blobs;
        public int Pulled { get; private set; }

        public Task<Manifest> GetManifestAsync(Digest digest, CancellationToken cancellationToken) => Task.FromResult(new Manifest(
            digest, "", new ImageManifest(Describe([]), [Describe(blobs.Single(blob => Digest.Of([.. blob, 0]) == digest))], null, new Dictionary<string, string>(), subject)));

        public Task<byte[]> GetBlobAsync(Descriptor blob, int maxBytes, CancellationToken cancellationToken)
        {
            Pulled++;
            return Task.FromResult(blobs.Single(content => Digest.Of(content) == blob.Digest));
        }

        public Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest about, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Descriptor>>([.. blobs.Select(blob => Describe(blob) with { Digest = Digest.Of([.. blob, 0]), ArtifactType = Claims.Spdx })]);

        private static Descriptor Describe(byte[] content) => new(Claims.Spdx, Digest.Of(content), content.Length, null, new Dictionary<string, string>());
    }
}
