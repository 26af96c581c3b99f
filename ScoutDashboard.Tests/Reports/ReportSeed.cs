using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ZstdSharp;

namespace ScoutDashboard.Tests.Reports;

/// <summary>Rows as analysis and matching leave them: each method adds one thing and returns its id.</summary>
internal sealed class ReportSeed(IDbContextFactory<ScoutDb> database)
{
    public static readonly DateTime Now = new(2026, 6, 15, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>A digest made from any text.</summary>
    public static string DigestOf(string text) => Digest.Of(Encoding.UTF8.GetBytes(text)).Value;

    public async Task<long> ImageAsync(
        long repositoryId, string name, ImageKind kind = ImageKind.Image, string? platform = "linux/amd64", int daysOld = 0, (int C, int H, int M, int L, int U)? counts = null,
        string? tag = null, bool latest = false, ImageState state = ImageState.Analysed, string unmatched = "", int fixable = 0, string gaps = "[]")
    {
        await using var db = database.CreateDbContext();
        var pushed = Now.AddDays(-daysOld);
        var image = new Image
        {
            RepositoryId = repositoryId, Digest = DigestOf(name), Kind = kind, Platform = kind == ImageKind.Image ? platform : null, Size = 1000, PushedAt = pushed, State = state,
            AnalysedAt = state is ImageState.Analysed or ImageState.Partial ? pushed : null, Critical = counts?.C, High = counts?.H, Medium = counts?.M, Low = counts?.L, Unknown = counts?.U,
            FixableCriticalHigh = fixable, Unmatched = unmatched, Gaps = gaps, Distribution = "Debian GNU/Linux 12 (bookworm)",
        };
        db.Images.Add(image);
        if (tag is not null)
        {
            db.Tags.Add(new Tag { RepositoryId = repositoryId, Name = tag, Digest = image.Digest, PushedAt = pushed });
        }

        await db.SaveChangesAsync();
        if (latest)
        {
            (await db.Repositories.FindAsync(repositoryId))!.LatestImageId = image.Id;
            await db.SaveChangesAsync();
        }

        return image.Id;
    }

    public Task EntryAsync(long indexId, params long[] imageIds) =>
        AddAsync([.. imageIds.Select(id => new IndexEntry { IndexId = indexId, ImageId = id })]);

    public async Task<long> ComponentAsync(string name, string version = "1.0", string type = "deb", string? purl = null, bool matched = true)
    {
        var component = new Component
        {
            Purl = purl ?? PackageUrl.Format(type, type == "deb" ? "debian" : null, name, version), Type = type, Ecosystem = type == "deb" ? "Debian:12" : type, EcosystemBase = type == "deb" ? "Debian" : type,
            Name = name, Version = version, AdvisoryName = name, AdvisoryVersion = version, NeedsMatch = !matched, MatchedAt = matched ? Now : null,
        };
        await AddAsync(component);
        return component.Id;
    }

    /// <summary>Puts components into a layer of an image, as one package set.</summary>
    public async Task PackagesAsync(long imageId, int layer, params (long ComponentId, string Path)[] components)
    {
        var set = new PackageSet { Hash = Guid.NewGuid().ToByteArray(), Kind = "dpkg", Count = components.Length };
        await AddAsync(set);
        await AddAsync([.. components.Select(c => new PackageSetComponent { PackageSetId = set.Id, ComponentId = c.ComponentId, Path = c.Path })]);
        await AddAsync(new ImagePackageSet { ImageId = imageId, PackageSetId = set.Id, LayerIndex = layer });
    }

    public Task StepAsync(long imageId, int ordinal, int? layer, string createdBy) => AddAsync(new ImageLayer
    {
        ImageId = imageId, Ordinal = ordinal, LayerIndex = layer, BlobDigest = layer is null ? null : DigestOf($"layer {layer}"), Size = layer is null ? 0 : 100, CreatedBy = createdBy,
    });

    /// <summary>Gives an image a layer for each of these texts, bottom to top; a "-" is a step of the history without one.</summary>
    public async Task LayersAsync(long imageId, params string[] layers)
    {
        var index = 0;
        await AddAsync([.. layers.Select((layer, at) => new ImageLayer
        {
            ImageId = imageId, Ordinal = at, LayerIndex = layer == "-" ? null : index++, BlobDigest = layer == "-" ? null : DigestOf(layer), CreatedBy = layer,
        })]);
        await using var db = database.CreateDbContext();
        (await db.Images.FindAsync(imageId))!.LayerChain = LayerChains.Of(layers.Where(l => l != "-").Select(DigestOf))[^1];
        await db.SaveChangesAsync();
    }

    public Task FindingAsync(
        long componentId, string vulnerability, SeverityLevel severity, string? fixedVersion = null, Verdict verdict = Verdict.Affected, string? advisory = null, string? reason = null, double? score = null) =>
        AddAsync(new Finding
        {
            ComponentId = componentId, VulnerabilityId = vulnerability, AdvisoryId = advisory ?? "DEBIAN-" + vulnerability, Verdict = verdict, Severity = severity, Score = score, Reason = reason,
            FixedVersion = fixedVersion, FixState = fixedVersion is null ? FixState.NoFix : FixState.Fixed, FirstSeenAt = Now,
        });

    public Task AdvisoryAsync(string id, string summary, object document) => AddAsync(new Advisory
    {
        Id = id, Modified = Now, Summary = summary, Document = Compress(JsonSerializer.SerializeToUtf8Bytes(document)),
    });

    public async Task AddAsync(params object[] rows)
    {
        await using var db = database.CreateDbContext();
        db.AddRange(rows);
        await db.SaveChangesAsync();
    }

    /// <summary>An enabled repository of the first organization, in a registry of its own.</summary>
    public Task<long> RepositoryAsync(string name) => RepositoryAsync(name, 1, "contoso.azurecr.io", 2);

    /// <summary>A repository of a second organization (id 2).</summary>
    public async Task<long> ForeignRepositoryAsync()
    {
        await using (var db = database.CreateDbContext())
        {
            if (!await db.Organizations.AnyAsync(o => o.Id == 2))
            {
                await AddAsync(new Organization { Id = 2, Name = "Fabrikam" });
            }
        }

        return await RepositoryAsync("secret/app", 2, "fabrikam.azurecr.io", 1);
    }

    private async Task<long> RepositoryAsync(string name, int organizationId, string hostname, byte key)
    {
        var integration = new Integration
        {
            OrganizationId = organizationId, Hostname = hostname, ActiveHostname = hostname, State = IntegrationState.Connected, TokenName = "t", WebhookKeyHash = [key],
            ProtectedWebhookKey = "", TemplateKeyHash = [key], ProtectedTemplateKey = "",
        };
        var repository = new Repository { Integration = integration, Name = name, Enabled = true };
        await AddAsync(repository);
        return repository.Id;
    }

    public static byte[] Compress(byte[] content)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(content).ToArray();
    }
}
