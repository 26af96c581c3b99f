using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;

namespace ScoutDashboard.Benchmarks;

/// <summary>
/// What exceptions cost among 10,000 latest images, at worst: all have a base of 100 packages with 5 vulnerabilities each, and each of the first 500 exceptions is on one of those.
/// Told as a multiple of the list of vulnerabilities of the same images without any exception.
/// </summary>
internal sealed class ManyExceptions(Report report, DirectoryInfo folder)
{
    private const int Images = 10_000;
    private const int Packages = 100;
    private const int FindingsEach = 5;
    private const int AppSets = 500;
    private const int AppPackages = 40;
    private const int Rounds = 5;
    private const double MostTimes = 3;
    private static readonly PageRequest Page = new(1, 50);

    public async Task RunAsync()
    {
        Report.Note($"Writing {Images:n0} images");
        var (bare, full) = (new Database(Path.Combine(folder.FullName, "bare.db")), new Database(Path.Combine(folder.FullName, "exceptions.db")));
        await SeedAsync(bare);
        SqliteConnection.ClearAllPools();
        File.Copy(bare.Path, full.Path);
        using var signal = new ExceptionSignal();
        var service = new ExceptionService(full, signal, TimeProvider.System);
        var draft = new ExceptionDraft(Cve(0), ExceptionScope.Organization, null, null, new ExceptionStatement(ExceptionType.AcceptedRisk, null, "why", null));
        var without = new VulnerabilitiesReport(bare, TimeProvider.System);
        foreach (var (from, to) in new[] { (0, Packages * FindingsEach), (Packages * FindingsEach, ExceptionService.MaxInForce) })
        {
            await AddExceptionsAsync(full, from, to);
            await CompareAsync($"Exceptions page, 50 of {to} exceptions in {Images} images", () => new ExceptionsReport(full, TimeProvider.System).ListAsync(1, new ExceptionFilter(), Page, default));
            await CompareAsync($"… preview of one that covers all images, of {to}", () => service.PreviewAsync(1, draft, default));
            await CompareAsync($"… list of vulnerabilities with {to} exceptions", () => new VulnerabilitiesReport(full, TimeProvider.System).ListAsync(1, new VulnerabilityFilter(), Page, default));
        }

        async Task CompareAsync(string what, Func<Task> subject)
        {
            var taken = await Comparison.RunAsync(Rounds, subject, () => without.ListAsync(1, new VulnerabilityFilter(), Page, default));
            report.Add(what, $"{taken.Subject.TotalMilliseconds:n0} ms; {taken.Cpu:f2} × the list of vulnerabilities without", $"< {MostTimes} ×", taken.Cpu < MostTimes);
        }
    }

    private static async Task SeedAsync(Database database)
    {
        await using var db = database.CreateDbContext();
        await db.Database.MigrateAsync();
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        var now = DateTime.UtcNow;
        db.Organizations.Add(new Organization { Id = 1, Name = "Contoso", CreatedAt = now });
        db.Integrations.Add(new Integration
        {
            Id = 1, OrganizationId = 1, Hostname = "contoso.azurecr.io", ActiveHostname = "contoso.azurecr.io", State = IntegrationState.Connected, TokenName = "token", WebhookKeyHash = [1], ProtectedWebhookKey = "", TemplateKeyHash = [1],
            ProtectedTemplateKey = "",
        });
        var components = Packages + (AppSets * AppPackages);
        for (var id = 1; id <= components; id++)
        {
            db.Components.Add(new Component
            {
                Id = id, Purl = $"pkg:deb/debian/package-{id}@1.0", Type = "deb", Ecosystem = "Debian:12", EcosystemBase = "Debian", Name = $"package-{id}", Version = "1.0", AdvisoryName = $"package-{id}", AdvisoryVersion = "1.0", MatchedAt = now,
            });
            for (var found = 0; found < (id <= Packages ? FindingsEach : 1); found++)
            {
                var cve = Cve(id <= Packages ? ((id - 1) * FindingsEach) + found : (Packages * FindingsEach) + id);
                db.Findings.Add(new Finding { ComponentId = id, VulnerabilityId = cve, AdvisoryId = "DEBIAN-" + cve, Verdict = Verdict.Affected, Severity = SeverityLevel.High, FixState = FixState.NoFix, FirstSeenAt = now });
            }
        }

        for (var set = 1; set <= 1 + AppSets; set++)
        {
            var (first, count) = set == 1 ? (1, Packages) : (Packages + ((set - 2) * AppPackages) + 1, AppPackages);
            db.PackageSets.Add(new PackageSet { Id = set, Hash = BitConverter.GetBytes(set), Kind = "dpkg", Count = count });
            db.PackageSetComponents.AddRange(Enumerable.Range(first, count).Select(id => new PackageSetComponent { PackageSetId = set, ComponentId = id, Path = "var/lib/dpkg/status" }));
        }

        for (var image = 1; image <= Images; image++)
        {
            db.Repositories.Add(new Repository { Id = image, IntegrationId = 1, Name = $"team/app-{image}", Enabled = true, LatestImageId = image });
            db.Images.Add(new Image { Id = image, RepositoryId = image, Digest = Digest.Of(Encoding.UTF8.GetBytes($"{image}")).Value, Kind = ImageKind.Image, Platform = "linux/amd64", State = ImageState.Analysed, AnalysedAt = now, PushedAt = now, Critical = 0 });
            db.ImagePackageSets.Add(new ImagePackageSet { ImageId = image, PackageSetId = 1 });
            db.ImagePackageSets.Add(new ImagePackageSet { ImageId = image, PackageSetId = 2 + (image % AppSets), LayerIndex = 1 });
        }

        await db.SaveChangesAsync();
    }

    // Half are for all images, half for one repository.
    private static async Task AddExceptionsAsync(Database database, int from, int to)
    {
        await using var db = database.CreateDbContext();
        var repositories = await db.Repositories.Select(r => r.Name).Take(to).ToListAsync();
        db.Exceptions.AddRange(Enumerable.Range(from, to - from).Select(number => new ExceptionRule
        {
            OrganizationId = 1, VulnerabilityId = Cve(number), Details = "why", CreatedBy = "ada", CreatedAt = DateTime.UtcNow,
            Registry = number % 2 == 0 ? null : "contoso.azurecr.io", Repository = number % 2 == 0 ? null : repositories[number],
        }));
        await db.SaveChangesAsync();
    }

    private static string Cve(int number) => string.Create(CultureInfo.InvariantCulture, $"CVE-2026-{number + 10_000}");

    private sealed record Database(string Path) : IDbContextFactory<ScoutDb>
    {
        public ScoutDb CreateDbContext() => new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite($"Data Source={Path};Foreign Keys=True").Options);
    }
}
