using System.Text;
using ScoutDashboard.Analysis.Attestations;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Attestations;

/// <summary>Cuts and damages attestations of every form: reading one gives a result or a declared exception, and allocates by its input.</summary>
public sealed class AttestationDamageTests
{
    private const int Rounds = 8_000;
    private const long Mebibyte = 1 << 20;
    private static readonly string Subject = Digest.Of("image"u8).Value;

    private static readonly Dictionary<string, (string Type, Func<byte[], byte[]> Pack, string Text)> Goldens = new()
    {
        ["spdx"] = (Claims.Spdx, bytes => bytes, Claims.SpdxText("pkg:deb/debian/bash@1%3A5.2?arch=amd64", "pkg:npm/%40a/b@1")),
        ["cyclonedx"] = (Claims.CycloneDx, bytes => bytes, Claims.CycloneDxText()),
        ["provenance v0.2"] = (Claims.InToto, bytes => bytes, Claims.Statement("https://slsa.dev/provenance/v0.2", Claims.ProvenanceV02(), Subject)),
        ["provenance v1"] = (Claims.InToto, bytes => bytes, Claims.Statement("https://slsa.dev/provenance/v1", Claims.ProvenanceV1(), Subject)),
        ["envelope"] = (Claims.Envelope, bytes => bytes, Claims.Sealed(Claims.Statement(Claims.SpdxPredicate, Claims.SpdxText("pkg:npm/a@1"), Subject))),
        ["what an envelope holds"] = (Claims.Bundle, bytes => Claims.Bytes(Claims.Bundled(Claims.Sealed(Encoding.Latin1.GetString(bytes)))), Claims.Statement(Claims.SpdxPredicate, Claims.SpdxText("pkg:npm/a@1"), Subject)),
    };

    public static TheoryData<string> Names => [.. Goldens.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryBeginningOfADocumentIsMalformedAndTheWholeIsNot(string name)
    {
        var (type, pack, text) = Goldens[name];
        var whole = Claims.Bytes(text);
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = pack(whole[..length]);
            Assert.Throws<InvalidDataException>(() => AttestationDocument.Read(cut, type, new AnalysisLimits()));
        }

        Assert.NotNull(AttestationDocument.Read(pack(whole), type, new AnalysisLimits()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void DamageGivesAResultOrADeclaredExceptionAndAllocatesByItsInput(string name)
    {
        var (type, pack, text) = Goldens[name];
        var mutator = new Mutator(20261124);
        _ = Fault(pack(Claims.Bytes(text)), type);
        for (var round = 0; round < Rounds; round++)
        {
            var content = pack(mutator.Damage(Claims.Bytes(text)));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var fault = Fault(content, type);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(fault is null && allocated <= (8 * content.Length) + Mebibyte,
                $"{name}, round {round}: {fault?.GetType().Name ?? $"{allocated} bytes allocated"} at {fault?.StackTrace} for {Convert.ToBase64String(content)}");
        }
    }

    private static Exception? Fault(byte[] content, string type)
    {
        try
        {
            if (AttestationDocument.Read(content, type, new AnalysisLimits())?.Sbom is { } sbom)
            {
                _ = PackageComparison.Compare(sbom, [], 10);
            }

            return null;
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException or FormatLimitException)
        {
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}
