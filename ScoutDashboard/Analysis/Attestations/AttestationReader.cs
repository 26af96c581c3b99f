using System.Security.Cryptography;
using System.Text;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>
/// Finds and reads what others say of an image, and compares it with what was found in it. It never ends an analysis: what is not there, can't be had or
/// can't be read is told.
/// </summary>
public sealed class AttestationReader(AnalysisLimits limits)
{
    // Configurations that artifacts carry for want of one; they tell nothing of the kind.
    private static readonly string[] Untold = ["", "application/vnd.oci.empty.v1+json", "application/vnd.oci.image.config.v1+json", "application/vnd.docker.attestation.manifest.v1+json"];

    /// <summary>Raised whenever the same document would be told otherwise.</summary>
    private const int Version = 1;

    /// <param name="before">What was told of the image last, or null: of a document that was read whole then, and compared with the same packages, the blob is not pulled again.</param>
    public async Task<AttestationFindings> ReadAsync(
        IAttestationSource source, AttestedImage image, IReadOnlyCollection<ComponentIdentity> ours, AttestationFindings? before, CancellationToken cancellationToken)
    {
        var comparedWith = StampOf(image, ours);
        var known = before is { Gaps.Count: 0 } && before.ComparedWith == comparedWith ? before.Found : [];
        var run = new Run(source, image, ours, known, new GapList(limits.Gaps));
        var claims = image.InIndex.Select(entry => new Claim(entry, AttestationPlace.Index, image.Digest)).ToList();
        string? notAsked = null;
        foreach (var (subject, place) in Subjects(image))
        {
            try
            {
                var referrers = await source.ListReferrersAsync(subject, cancellationToken);
                claims.AddRange(referrers.Where(MayBeAttestation).Select(referrer => new Claim(referrer, place, subject)));
            }
            catch (Exception exception) when (exception is RegistryException or AnalysisException or IOException)
            {
                notAsked ??= exception.Message;
            }
        }

        await ReadAsync(run, [.. claims.DistinctBy(claim => claim.Manifest.Digest)], cancellationToken);
        return new AttestationFindings(run.Found, run.Gaps.ToList(), notAsked is null ? null : DisplayText.Sanitise(notAsked, 500)) { ComparedWith = comparedWith };
    }

    private static string StampOf(AttestedImage image, IReadOnlyCollection<ComponentIdentity> ours)
    {
        var text = new StringBuilder().AppendJoin('\n', Version, image.Digest, image.Index?.Digest, image.IsAloneInIndex);
        foreach (var purl in ours.Select(component => component.Purl).Order(StringComparer.Ordinal))
        {
            text.Append('\n').Append(purl);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static IEnumerable<(Digest, AttestationPlace)> Subjects(AttestedImage image) =>
        image.Index is { } index ? [(image.Digest, AttestationPlace.Referrer), (index.Digest, AttestationPlace.IndexReferrer)] : [(image.Digest, AttestationPlace.Referrer)];

    private static bool MayBeAttestation(Descriptor referrer) => Untold.Contains(referrer.ArtifactType ?? "") || AttestationDocument.IsReadable(referrer.ArtifactType!);

    private async Task ReadAsync(Run run, List<Claim> claims, CancellationToken cancellationToken)
    {
        var read = 0;
        // A manifest need not hold anything that is read; so many are looked into.
        foreach (var (at, claim) in claims.Index())
        {
            if (read >= limits.Attestations || at >= limits.Attestations * 2)
            {
                run.Gaps.Add(ScanGapKind.Limit, "", $"{claims.Count - at} more attestations were not read: at most {limits.Attestations} of an image are.");
                return;
            }

            try
            {
                read = await ReadAsync(run, claim, read, cancellationToken);
            }
            catch (Exception exception) when (exception is RegistryException or AnalysisException or IOException)
            {
                run.Gaps.Add(ScanGapKind.NotPulled, "", DisplayText.Sanitise($"Attestation {claim.Manifest.Digest.Short} was not read: {exception.Message}", 500));
                if (exception is RegistryException { Error: RegistryError.Timeout or RegistryError.Throttled or RegistryError.ConnectionRefused } && at + 1 < claims.Count)
                {
                    // What does not answer now is not asked as often again.
                    run.Gaps.Add(ScanGapKind.NotPulled, "", $"{claims.Count - at - 1} more attestations were not asked for after that.");
                    return;
                }
            }
        }
    }

    private async Task<int> ReadAsync(Run run, Claim claim, int read, CancellationToken cancellationToken)
    {
        if ((await run.Source.GetManifestAsync(claim.Manifest.Digest, cancellationToken)).Content is not ImageManifest manifest)
        {
            run.Gaps.Add(ScanGapKind.Malformed, "", $"Attestation {claim.Manifest.Digest.Short} was not read: it is an index.");
            return read;
        }

        // A list of referrers may say anything; only the manifest's own word ties it to its subject.
        var about = claim.Place == AttestationPlace.Index || manifest.Subject == claim.About ? claim.About : manifest.Subject;
        foreach (var layer in manifest.Layers.Where(layer => AttestationDocument.IsReadable(layer.MediaType)))
        {
            if (read == limits.Attestations)
            {
                run.Gaps.Add(ScanGapKind.Limit, "", $"Attestation {claim.Manifest.Digest.Short} was not read whole: at most {limits.Attestations} of an image are.");
                return read;
            }

            read++;
            if (layer.Size > limits.AttestationBytes)
            {
                run.Gaps.Add(ScanGapKind.Limit, "", $"Attestation {layer.Digest.Short} has {layer.Size} bytes; at most {limits.AttestationBytes} are read.");
                continue;
            }

            if (run.Known.Where(found => found.Digest == layer.Digest.Value && found.Place == claim.Place).ToList() is [var known])
            {
                run.Found.Add(known);
                continue;
            }

            var content = await run.Source.GetBlobAsync(layer, limits.AttestationBytes, cancellationToken);
            Add(run, claim.Place, about, layer, content);
        }

        return read;
    }

    private void Add(Run run, AttestationPlace place, Digest? about, Descriptor layer, byte[] content)
    {
        try
        {
            if (AttestationDocument.Read(content, layer.MediaType, limits) is { } document)
            {
                run.Found.Add(Describe(run, place, document.Subjects ?? (about is { } subject ? [subject] : []), layer, document));
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException or FormatLimitException)
        {
            run.Gaps.Add(
                exception is InvalidDataException ? ScanGapKind.Malformed : exception is FormatLimitException ? ScanGapKind.Limit : ScanGapKind.Unsupported, "", $"Attestation {layer.Digest.Short} was not read: {exception.Message}");
        }
    }

    private Attestation Describe(Run run, AttestationPlace place, IReadOnlyList<Digest> subjects, Descriptor layer, AttestationDocument document)
    {
        var subject = subjects.Contains(run.Image.Digest) ? AttestationSubject.Image
            : run.Image.Index is { } index && subjects.Contains(index.Digest) ? AttestationSubject.Index : AttestationSubject.Another;
        var isComparable = subject == AttestationSubject.Image || (subject == AttestationSubject.Index && run.Image.IsAloneInIndex);
        if (document.Sbom is { IsCut: true })
        {
            run.Gaps.Add(ScanGapKind.Limit, "", $"Attestation {layer.Digest.Short} names more than {limits.Components} packages; the others were not compared.");
        }

        return new Attestation(
            document.Kind, document.Format, place, layer.Digest.Value, document.Sbom?.Tool is { } tool ? DisplayText.Sanitise(tool, 200) : document.Provenance?.Builder,
            document.Sbom?.CreatedAt ?? document.Provenance?.FinishedAt, subject, subject == AttestationSubject.Another && subjects.Count > 0 ? subjects[0].Value : null,
            document.Sbom is { } sbom && isComparable ? PackageComparison.Compare(sbom, run.Ours, limits.AttestationDifferences) : null, document.Provenance);
    }

    private sealed record Claim(Descriptor Manifest, AttestationPlace Place, Digest About);

    private sealed record Run(IAttestationSource Source, AttestedImage Image, IReadOnlyCollection<ComponentIdentity> Ours, IReadOnlyList<Attestation> Known, GapList Gaps)
    {
        public List<Attestation> Found { get; } = [];
    }
}
