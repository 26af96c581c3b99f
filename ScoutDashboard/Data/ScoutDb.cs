using System.Data.Common;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace ScoutDashboard.Data;

/// <summary>The schema, whatever database holds it. Times are UTC.</summary>
public abstract class ScoutDb(DbContextOptions options) : IdentityUserContext<Account>(options)
{
    public DbSet<Organization> Organizations => Set<Organization>();
    public DbSet<AccountSession> Sessions => Set<AccountSession>();
    public DbSet<AzureConsent> AzureConsents => Set<AzureConsent>();
    public DbSet<Authenticator> Authenticators => Set<Authenticator>();
    public DbSet<Passkey> Passkeys => Set<Passkey>();
    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();
    public DbSet<Invitation> Invitations => Set<Invitation>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<AuditEntry> Audit => Set<AuditEntry>();
    public DbSet<Integration> Integrations => Set<Integration>();
    public DbSet<Repository> Repositories => Set<Repository>();
    public DbSet<Tag> Tags => Set<Tag>();
    public DbSet<Image> Images => Set<Image>();
    public DbSet<ImageAttestations> ImageAttestations => Set<ImageAttestations>();
    public DbSet<IndexEntry> IndexEntries => Set<IndexEntry>();
    public DbSet<Layer> Layers => Set<Layer>();
    public DbSet<ImageLayer> ImageLayers => Set<ImageLayer>();
    public DbSet<Component> Components => Set<Component>();
    public DbSet<PackageSet> PackageSets => Set<PackageSet>();
    public DbSet<PackageSetComponent> PackageSetComponents => Set<PackageSetComponent>();
    /// <summary>What is installed: all that advisories, counts and findings are about. The rest is only listed.</summary>
    public IQueryable<PackageSetComponent> InstalledComponents => PackageSetComponents.Where(held => held.ListedOnly == null);
    /// <summary>What advisories are asked for: all but what is only listed, wherever it is.</summary>
    public IQueryable<Component> MatchableComponents =>
        Components.Where(c => InstalledComponents.Any(p => p.ComponentId == c.Id) || !PackageSetComponents.Any(p => p.ComponentId == c.Id));
    /// <summary>What no image has any more, and no repository's history names.</summary>
    public IQueryable<Component> UnusedComponents =>
        Components.Where(c => !PackageSetComponents.Any(p => p.ComponentId == c.Id) && !FindingChanges.Any(change => change.ComponentId == c.Id && change.RepositoryId != null));
    public DbSet<ImagePackageSet> ImagePackageSets => Set<ImagePackageSet>();
    public DbSet<Advisory> Advisories => Set<Advisory>();
    public DbSet<AffectedPackage> AffectedPackages => Set<AffectedPackage>();
    public DbSet<Finding> Findings => Set<Finding>();
    public DbSet<FindingCve> FindingCves => Set<FindingCve>();
    public DbSet<FindingChange> FindingChanges => Set<FindingChange>();
    public DbSet<ExceptionName> ExceptionNames => Set<ExceptionName>();
    public DbSet<ExceptionRule> Exceptions => Set<ExceptionRule>();
    public DbSet<KnowledgeRevision> KnowledgeRevisions => Set<KnowledgeRevision>();
    public DbSet<FeedState> Feeds => Set<FeedState>();
    public DbSet<KnownExploit> KnownExploits => Set<KnownExploit>();
    public DbSet<ExploitForecast> ExploitForecasts => Set<ExploitForecast>();
    public DbSet<SupportEnd> SupportEnds => Set<SupportEnd>();
    public DbSet<AnalysisJob> Jobs => Set<AnalysisJob>();
    public DbSet<RegistryEvent> Events => Set<RegistryEvent>();
    public DbSet<CleanupTask> CleanupTasks => Set<CleanupTask>();
    public DbSet<RetentionRun> RetentionRuns => Set<RetentionRun>();
    public DbSet<SeveritySnapshot> Snapshots => Set<SeveritySnapshot>();

    /// <summary>Those that have neither ended nor been idle for too long.</summary>
    public IQueryable<AccountSession> OpenSessions(DateTime now)
    {
        var oldest = now - AccountSession.Lifetime;
        return Sessions.Where(s => s.LastSeenAt >= oldest && (s.EndsAt == null || s.EndsAt > now));
    }

    /// <summary>Whether saving failed because a unique index already holds the row.</summary>
    public abstract bool IsDuplicate(DbUpdateException exception);

    /// <summary>Whether a statement failed because another held the database for longer than it waited.</summary>
    public abstract bool IsBusy(DbException exception);

    /// <summary>Waits at most this long (whole seconds, at least one) for a database that is locked; for callers who must answer in time.</summary>
    public abstract void LimitWait(TimeSpan wait);

    /// <summary>
    /// Begins a transaction that writes. Where the database lets only one write, those of this process take turns in the order in which they asked, without holding a thread
    /// meanwhile; a database that is asked again and again whether it is free serves whoever happens to ask at the right moment.
    /// </summary>
    /// <exception cref="DbException">Others wrote for longer than this waits (<see cref="IsBusy"/>).</exception>
    public abstract Task<WriteTransaction> BeginWriteAsync(CancellationToken cancellationToken);

    /// <summary>Prepares the connection for writing hundreds of thousands of rows, and keeps it, until what this returns is disposed of.</summary>
    public abstract Task<IAsyncDisposable> ForManyRowsAsync(CancellationToken cancellationToken);

    /// <summary>Has all that is read be of one moment, that of the first reading, until what this returns is disposed of; nothing is to be written meanwhile.</summary>
    public abstract Task<IAsyncDisposable> SnapshotAsync(CancellationToken cancellationToken);

    /// <summary>How large the database is, and how much of that holds nothing.</summary>
    public abstract Task<DatabaseSize> SizeAsync(CancellationToken cancellationToken);

    /// <summary>Takes a few MB that hold nothing from the end of the database, if there are any and it can shrink.</summary>
    public abstract Task GiveBackSomeAsync(CancellationToken cancellationToken);

    /// <summary>Copies what was written into the database's file and gives the space of its log back, unless somebody is reading.</summary>
    public abstract Task EmptyLogAsync(CancellationToken cancellationToken);

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(ScoutDb).Assembly);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();
    }

    // Databases forget the kind of a DateTime; every one of ours is UTC.
    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        value => value, value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
}

/// <summary>The size of a database in bytes, without its log.</summary>
/// <param name="FreeBytes">Of these, what holds nothing.</param>
public sealed record DatabaseSize(long Bytes, long FreeBytes);
