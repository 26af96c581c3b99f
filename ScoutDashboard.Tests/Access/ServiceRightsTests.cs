using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Advisories;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Cleanup;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Integrations.Watch;
using ScoutDashboard.Jobs;
using ScoutDashboard.Operations;
using ScoutDashboard.Registry;
using ScoutDashboard.Repositories;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>
/// Holds the right that each call of a page needs. What a page can call at all is every public method of every service that a component has injected: one that does not
/// stand in a table here fails the run. Internal ones are asked for as well where a component calls them.
/// </summary>
public sealed class ServiceRightsTests(ServiceRightsTests.OneApp one) : IClassFixture<ServiceRightsTests.OneApp>
{
    private static readonly RegistryCredentials Token = new("docker-scout-readonly-token", TestSecrets.Of("registry token"));
    private static readonly RegistryHostname Host = RegistryHostname.TryParse("contoso.azurecr.io", [], out var hostname) ? hostname : throw new InvalidOperationException();

    private static readonly CleanupPlan Nothing = new(new CleanupTarget(AzureRegistryId.Create($"{Guid.Empty}", "rg1", "contoso")!), []);

    private static readonly IntegrationDetails Somewhere = new(
        new Integration
        {
            Hostname = Host.Value, TokenName = Token.UserName, ProtectedToken = "closed", AzureSubscription = Guid.Empty, ResourceGroup = "rg1", Location = "westeurope",
            ProtectedWebhookKey = "", WebhookKeyHash = [], ProtectedTemplateKey = "", TemplateKeyHash = [],
        }, Host, []);

    // Of which is not known where it lies.
    private static readonly IntegrationDetails Nowhere = new(
        new Integration { Hostname = Host.Value, TokenName = Token.UserName, ProtectedWebhookKey = "", WebhookKeyHash = [], ProtectedTemplateKey = "", TemplateKeyHash = [] }, Host, []);

    private static readonly IssueOutcome.Made Made = new(new NextPassword("password1", new RegistryAccess(Host, Token), null), Nothing.Target.Registry);

    private static readonly ExceptionStatement Accepted = new(ExceptionType.AcceptedRisk, null, "why", null);

    // The calls that change something or show a secret, with the role that they need.
    private static readonly Call[] Calls =
    [
        Needs<IntegrationService>(MemberRole.Administrator, nameof(IntegrationService.AddAsync), (service, actor) => service.AddAsync(actor, Host, default)),
        Needs<IntegrationService>(MemberRole.Administrator, nameof(IntegrationService.ProposeAsync), (service, actor) => service.ProposeAsync(actor, Host, AzurePlace.Create(Guid.Empty, "rg1", "westeurope")!, default)),
        Needs<IntegrationService>(MemberRole.Administrator, nameof(IntegrationService.ConfirmDeploymentAsync), (service, actor) => service.ConfirmDeploymentAsync(actor, 1, default)),
        Needs<IntegrationService>(MemberRole.Administrator, nameof(IntegrationService.SetTopicAsync), (service, actor) => service.SetTopicAsync(actor, 1, "some-topic", false, default)),
        Needs<IntegrationService>(MemberRole.Administrator, nameof(IntegrationService.FindDeploymentAsync), (service, actor) => service.FindDeploymentAsync(actor, 1, default)),
        Needs<IntegrationService>(MemberRole.Administrator, nameof(IntegrationService.FindToChangeAsync), (service, actor) => service.FindToChangeAsync(actor, 1, default)),
        Needs<DeploymentCheck>(MemberRole.Administrator, nameof(DeploymentCheck.RunAsync), async (service, actor) => await service.RunAsync(actor, 1, default).ToListAsync()),
        Needs<DeploymentPreview>(MemberRole.Administrator, nameof(DeploymentPreview.AskAsync), (service, actor) => service.AskAsync(actor, 1, default)),
        Needs<DeploymentRun>(MemberRole.Administrator, nameof(DeploymentRun.FindAsync), (service, actor) => service.FindAsync(actor, 1, default)),
        Needs<DeploymentRun>(MemberRole.Administrator, nameof(DeploymentRun.RunAsync), async (service, actor) => await service.RunAsync(actor, 1, default).ToListAsync()),
        Needs<TokenIssue>(MemberRole.Administrator, nameof(TokenIssue.IssueAsync), (service, actor) => service.IssueAsync(actor, 1, null, default)),
        Needs<IssuedPassword>(MemberRole.Administrator, nameof(IssuedPassword.EnableAsync), async (service, actor) => await service.EnableAsync(actor, 1, Made, default).ToListAsync()),
        Needs<TokenRotation>(MemberRole.Administrator, nameof(TokenRotation.RotateAsync), async (service, actor) => await service.RotateAsync(actor, 1, null, null, default).ToListAsync()),
        Needs<TokenRotation>(MemberRole.Administrator, nameof(TokenRotation.RepairAsync), (service, actor) => service.RepairAsync(actor, 1, default)),
        Needs<AzureWatch>(MemberRole.Administrator, nameof(AzureWatch.CheckAsync), (service, actor) => service.CheckAsync(actor, 1, default)),
        Needs<AzureWatch>(MemberRole.Administrator, nameof(AzureWatch.AskAsync), (service, actor) => service.AskAsync(actor, 1, default)),
        Needs<AzureMend>(MemberRole.Administrator, nameof(AzureMend.MendAsync), (service, actor) => service.MendAsync(actor, 1, AzureDifference.TokenGone, default)),
        Needs<PlaceFinder>(MemberRole.Viewer, nameof(PlaceFinder.IsPossibleAsync), (service, actor) => service.IsPossibleAsync(actor, Nowhere, default)),
        Needs<PlaceFinder>(MemberRole.Administrator, nameof(PlaceFinder.FindAsync), (service, actor) => service.FindAsync(actor, 1, default)),
        Needs<OldPasswords>(MemberRole.Administrator, nameof(OldPasswords.EndAsync), (service, actor) => service.EndAsync(actor, 1, default)),
        Needs<RotationLedger>(MemberRole.Administrator, nameof(RotationLedger.BeginAsync), (service, actor) => service.BeginAsync(actor, 1, default)),
        Needs<RotationSettings>(MemberRole.Administrator, nameof(RotationSettings.SetAsync), (service, actor) => service.SetAsync(actor, 1, 30, default)),
        Needs<DeploymentPlanner>(MemberRole.Administrator, nameof(DeploymentPlanner.FillAsync), (service, actor) => service.FillAsync(actor, 1, AuditAction.DeploymentStarted, true, true, default)),
        Needs<AzureIdentities>(MemberRole.Administrator, nameof(AzureIdentities.OfAsync), (service, actor) => service.OfAsync(actor, default)),
        Needs<AzureIdentities>(MemberRole.Viewer, nameof(AzureIdentities.IsOnAsync), (service, actor) => service.IsOnAsync(actor, default)),
        Needs<AzureIdentities>(MemberRole.Viewer, nameof(AzureIdentities.FindAsync), (service, actor) => service.FindAsync(actor, default)),
        Needs<ConsentStore>(MemberRole.Administrator, nameof(ConsentStore.GiveAsync), (service, actor) => service.GiveAsync(actor, new PersonToken(TestSecrets.Of("person's token"), "https://issuer.example", "1", "grace", DateTime.UtcNow.AddHours(1)), default)),
        Needs<ConsentStore>(MemberRole.Viewer, nameof(ConsentStore.EndAsync), (service, actor) => service.EndAsync(actor, default)),
        Needs<ConsentStore>(MemberRole.Viewer, nameof(ConsentStore.FindAsync), (service, actor) => service.FindAsync(actor, default)),
        Needs<AzureIdentities>(MemberRole.Viewer, nameof(AzureIdentities.MayConsentAsync), (service, actor) => service.MayConsentAsync(actor, default)),
        Needs<ConsentOffer>(MemberRole.Administrator, nameof(ConsentOffer.BeginAsync), (service, actor) => service.BeginAsync(actor, "/integrations/acr", false, default)),
        Needs<DeploymentCheck>(MemberRole.Viewer, nameof(DeploymentCheck.IsPossibleAsync), (service, actor) => service.IsPossibleAsync(actor, Somewhere, default)),
        Needs<TokenIssue>(MemberRole.Viewer, nameof(TokenIssue.IsPossibleAsync), (service, actor) => service.IsPossibleAsync(actor, Somewhere, default)),
        Needs<TokenRotation>(MemberRole.Viewer, nameof(TokenRotation.IsPossibleAsync), (service, actor) => service.IsPossibleAsync(actor, Somewhere, default)),
        Needs<AzureWatch>(MemberRole.Viewer, nameof(AzureWatch.IsPossibleAsync), (service, actor) => service.IsPossibleAsync(actor, Somewhere, default)),
        Needs<RegistryDiscovery>(MemberRole.Viewer, nameof(RegistryDiscovery.IsOnAsync), (service, actor) => service.IsOnAsync(actor, default)),
        Needs<AzureCleanup>(MemberRole.Viewer, nameof(AzureCleanup.IsOnAsync), (service, actor) => service.IsOnAsync(actor, default)),
        Needs<AzureCleanup>(MemberRole.Viewer, nameof(AzureCleanup.ListPossibleAsync), (service, actor) => service.ListPossibleAsync(actor, default)),
        Needs<LeftoverSearch>(MemberRole.Viewer, nameof(LeftoverSearch.IsOnAsync), (service, actor) => service.IsOnAsync(actor, default)),
        Needs<RegistryDiscovery>(MemberRole.Administrator, nameof(RegistryDiscovery.ListAsync), (service, actor) => service.ListAsync(actor, default)),
        Needs<RemovalService>(MemberRole.Administrator, nameof(RemovalService.RemoveAsync), (service, actor) => service.RemoveAsync(actor, 1, false, default)),
        Needs<RemovalService>(MemberRole.Administrator, nameof(RemovalService.TickOffAsync), (service, actor) => service.TickOffAsync(actor, 1, default)),
        Needs<AzureCleanup>(MemberRole.Administrator, nameof(AzureCleanup.PlanAsync), (service, actor) => service.PlanAsync(actor, 1, default)),
        Needs<AzureCleanup>(MemberRole.Administrator, nameof(AzureCleanup.RunAsync), async (service, actor) => await service.RunAsync(actor, Nothing, new CleanupConsent("contoso", []), default).ToListAsync()),
        Needs<LeftoverSearch>(MemberRole.Administrator, nameof(LeftoverSearch.FindAsync), (service, actor) => service.FindAsync(actor, default)),
        Needs<ConnectionService>(MemberRole.Administrator, nameof(ConnectionService.EnableAsync), async (service, actor) => await service.EnableAsync(actor, 1, Token, null, default).ToListAsync()),
        Needs<ConnectionService>(MemberRole.Administrator, nameof(ConnectionService.EnableIdentityAsync), async (service, actor) => await service.EnableIdentityAsync(actor, 1, default).ToListAsync()),
        Needs<IdentitySignIn>(MemberRole.Administrator, nameof(IdentitySignIn.AskAsync), (service, actor) => service.AskAsync(actor, 1, default)),
        Needs<TokenStore>(MemberRole.Administrator, nameof(TokenStore.ChooseIdentityAsync), (service, actor) => service.ChooseIdentityAsync(actor, 1, default)),
        Needs<ConnectionService>(MemberRole.Administrator, nameof(ConnectionService.TestAsync), async (service, actor) => await service.TestAsync(actor, 1, default).ToListAsync()),
        Needs<TokenStore>(MemberRole.Administrator, nameof(TokenStore.StoreAsync), (service, actor) => service.StoreAsync(actor, 1, Host, Token.UserName, Token.Password, null, default)),
        Needs<TokenStore>(MemberRole.Administrator, nameof(TokenStore.SetExpiryAsync), (service, actor) => service.SetExpiryAsync(actor, 1, null, default)),
        Needs<TokenStore>(MemberRole.Administrator, nameof(TokenStore.MarkTestedAsync), (service, actor) => service.MarkTestedAsync(actor, 1, default)),
        Needs<DeploymentPlanner>(MemberRole.Administrator, nameof(DeploymentPlanner.ShowAsync), (service, actor) => service.ShowAsync(actor, 1, default)),
        Needs<AdvisoryRefresher>(MemberRole.Administrator, nameof(AdvisoryRefresher.RequestRefreshAsync), (service, actor) => service.RequestRefreshAsync(actor, null, default)),
        Needs<MemberService>(MemberRole.Administrator, nameof(MemberService.ListAsync), (service, actor) => service.ListAsync(actor, default)),
        Needs<MemberService>(MemberRole.Administrator, nameof(MemberService.ChangeRoleAsync), (service, actor) => service.ChangeRoleAsync(actor, "nobody", MemberRole.Viewer, true, default)),
        Needs<MemberService>(MemberRole.Administrator, nameof(MemberService.RemoveAsync), (service, actor) => service.RemoveAsync(actor, "nobody", true, default)),
        Needs<MemberService>(MemberRole.Administrator, nameof(MemberService.EndSessionsAsync), (service, actor) => service.EndSessionsAsync(actor, "nobody", default)),
        Needs<MemberService>(MemberRole.Administrator, nameof(MemberService.TakeSecondStepAsync), (service, actor) => service.TakeSecondStepAsync(actor, "nobody", default)),
        Needs<InvitationService>(MemberRole.Administrator, nameof(InvitationService.CreateAsync), (service, actor) => service.CreateAsync(actor, MemberRole.Viewer, "", default)),
        Needs<InvitationService>(MemberRole.Administrator, nameof(InvitationService.ListAsync), (service, actor) => service.ListAsync(actor, default)),
        Needs<InvitationService>(MemberRole.Administrator, nameof(InvitationService.RevokeAsync), (service, actor) => service.RevokeAsync(actor, 1, default)),
        Needs<ApiKeyService>(MemberRole.Administrator, nameof(ApiKeyService.CreateAsync), (service, actor) => service.CreateAsync(actor, "build", ApiScopes.Exports, 30, default)),
        Needs<ApiKeyService>(MemberRole.Administrator, nameof(ApiKeyService.ListAsync), (service, actor) => service.ListAsync(actor, default)),
        Needs<ApiKeyService>(MemberRole.Administrator, nameof(ApiKeyService.RevokeAsync), (service, actor) => service.RevokeAsync(actor, -1, default)),
        Needs<AuditLog>(MemberRole.Administrator, nameof(AuditLog.ListAsync), (service, actor) => service.ListAsync(actor, new AuditFilter(), 1, 50, default)),
        Needs<SystemReport>(MemberRole.Administrator, nameof(SystemReport.GetAsync), (service, actor) => service.GetAsync(actor, default)),
        Needs<SessionService>(MemberRole.Viewer, nameof(SessionService.ListAsync), (service, actor) => service.ListAsync(actor, default)),
        Needs<SessionService>(MemberRole.Viewer, nameof(SessionService.EndOthersAsync), (service, actor) => service.EndOthersAsync(actor, "another", default)),
        Needs<SecondStepService>(MemberRole.Viewer, nameof(SecondStepService.FindAsync), (service, actor) => service.FindAsync(actor, default)),
        Needs<SecondStepService>(MemberRole.Viewer, nameof(SecondStepService.BeginAsync), (service, actor) => service.BeginAsync(actor, ScoutApp.Password, default)),
        Needs<SecondStepService>(MemberRole.Viewer, nameof(SecondStepService.ConfirmAsync), (service, actor) => service.ConfirmAsync(actor, "000000", default)),
        Needs<SecondStepService>(MemberRole.Viewer, nameof(SecondStepService.RenewCodesAsync), (service, actor) => service.RenewCodesAsync(actor, ScoutApp.Password, default)),
        Needs<SecondStepService>(MemberRole.Viewer, nameof(SecondStepService.TurnOffAsync), (service, actor) => service.TurnOffAsync(actor, ScoutApp.Password, default)),
        Needs<PasskeyService>(MemberRole.Viewer, nameof(PasskeyService.ListAsync), (service, actor) => service.ListAsync(actor, default)),
        Needs<PasskeyService>(MemberRole.Viewer, nameof(PasskeyService.RenameAsync), (service, actor) => service.RenameAsync(actor, 1, "phone", default)),
        Needs<PasskeyService>(MemberRole.Viewer, nameof(PasskeyService.RemoveAsync), (service, actor) => service.RemoveAsync(actor, 1, ScoutApp.Password, default)),
        Needs<Reauthentication>(MemberRole.Viewer, nameof(Reauthentication.AskAsync), (service, actor) => service.AskAsync(actor, ScoutApp.Password, default)),
        Needs<ExceptionService>(MemberRole.Editor, nameof(ExceptionService.CreateAsync), (service, actor) => service.CreateAsync(actor, new ExceptionDraft("CVE-2026-1", ExceptionScope.Organization, null, null, Accepted), default)),
        Needs<ExceptionService>(MemberRole.Editor, nameof(ExceptionService.ChangeAsync), (service, actor) => service.ChangeAsync(actor, 1, Accepted, Accepted, default)),
        Needs<ExceptionService>(MemberRole.Editor, nameof(ExceptionService.EndAsync), (service, actor) => service.EndAsync(actor, 1, default)),
        Needs<RepositoryService>(MemberRole.Editor, nameof(RepositoryService.EnableAsync), (service, actor) => service.EnableAsync(actor, [1], default)),
        Needs<RepositoryService>(MemberRole.Editor, nameof(RepositoryService.DisableAsync), (service, actor) => service.DisableAsync(actor, [1], default)),
        Needs<CatalogSync>(MemberRole.Editor, nameof(CatalogSync.SyncAsync), (service, actor) => service.SyncAsync(actor, 1, new Progress<int>(), default)),
        Needs<JobQueue>(MemberRole.Editor, nameof(JobQueue.TryAgainAsync), (service, actor) => service.TryAgainAsync(actor, 1, default)),
    ];

    // What components have besides: they only read, they serve the one who signs in, or they concern the application itself. No page may call what is marked "not by pages".
    private static readonly string[] Others =
    [
        "AdvisoryRefresher.RunDueAsync not by pages", "AdvisorySignal.Wake not by pages", "AdvisorySignal.WaitAsync not by pages", "AdvisorySignal.OnChanged", "AdvisorySignal.RaiseChanged not by pages", "AdvisorySignal.Dispose not by pages", "FeedList.GetAsync", "DeploymentPlanner.FindTemplateAsync not by pages", "IdentitySignIn.IsPossible", "TokenRotation.RunAsync not by pages", "AzureWatch.LacksPlace", "AzureWatch.ForgetAsync not by pages", "AzureWatch.ListDueAsync not by pages", "AzureWatch.CheckDueAsync not by pages",
        "IntegrationService.ListAsync", "IntegrationService.FindAsync", "RemovalService.ListRemindersAsync",
        "RepositoryService.ListAsync", "RepositoryService.ListIdsAsync", "RepositoryService.FindHostnameAsync",
        "JobQueue.AddAsync not by pages", "JobQueue.AddLatestAsync not by pages", "JobQueue.EnqueueAsync not by pages", "JobQueue.Wake not by pages",
        "ConsentStore.ForgetEndedAsync not by pages", "OldPasswords.ListDueAsync not by pages", "PlaceFinder.FindAllAsync not by pages", "OldPasswords.EndDueAsync not by pages", "RotationLedger.BeginDueAsync not by pages", "RotationRound.ListDueAsync not by pages", "JobFeed.Subscribe", "JobFeed.SubscribeToQueue", "JobFeed.Publish not by pages", "JobFeed.PublishQueue not by pages", "JobList.ListAsync", "ChangeSignal.Subscribe", "ChangeSignal.Raise not by pages",
        "ReconcileOptions.*", "RetentionOptions.*", "RegistryOptions.*",
        "AttestationReport.FindAsync", "BaseImageReport.FindAsync", "ExceptionService.FindAsync", "ExceptionService.PreviewAsync", "ExceptionsReport.ListAsync", "ChangesReport.ListAsync", "ChangesReport.WeekAsync", "FindingsReport.ListAsync", "FindingsReport.PackageTypesAsync",
        "ImageListReport.ListAsync", "ImageListReport.RegistriesAsync", "ImagePackagesReport.ListAsync", "ImageReport.FindAsync", "ImageReport.LayersAsync", "NeedsReport.ListAsync",
        "OverviewReport.GetAsync", "OverviewReport.ActiveJobsAsync", "PackagesReport.ListAsync", "PackagesReport.TypesAsync", "PackagesReport.FindAsync",
        "RepositoryReport.FindAsync", "RepositoryReport.ImagesAsync", "RepositoryReport.JobsAsync", "VulnerabilitiesReport.ListAsync", "VulnerabilityReport.FindAsync",
        "SessionService.OpenAsync not by pages", "SessionService.FindAsync not by pages", "SessionService.TouchAsync not by pages", "SessionService.EndAsync not by pages",
        // It ends what IssueAsync made for a member whose right was asked then, and takes what only that gives: a page that was closed meanwhile keeps nothing.
        "TokenIssue.TakeBackAsync",
        "ApiKeyService.UseAsync not by pages", "AuditLog.ExportAsync not by pages", "InvitationService.FindAsync", "InvitationService.AcceptAsync", "PasswordSignIn.TryAsync", "CodeSignIn.TryAsync", "CodeSignIn.IsPendingAsync", "PasswordChange.TryAsync", "SingleSignOnOptions.*", "SetupService.IsNeededAsync", "SetupService.CreateAsync", "SetupService.Dispose not by pages", "SetupLink.Matches",
    ];

    private static IEnumerable<string> NotByPages => Others.Where(other => other.EndsWith(" not by pages", StringComparison.Ordinal)).Select(other => other.Split(' ')[0]);

    // What components call, in lambdas and behind awaits as well.
    private static readonly HashSet<MethodBase> Called = [.. typeof(ScoutDb).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IComponent))).SelectMany(CalledMethods.Of)];

    private readonly ScoutApp _app = one.App;

    public static TheoryData<string> Names => [.. Calls.Select(call => call.Name)];

    public static TheoryData<string> NamesAboveViewer => [.. Calls.Where(call => call.Needed > MemberRole.Viewer).Select(call => call.Name)];

    [Fact]
    public void EveryMethodThatAComponentCanCallStandsInATable()
    {
        var known = Calls.Select(call => call.Name).Concat(Others.Select(other => other.Split(' ')[0])).ToHashSet(StringComparer.Ordinal);

        Assert.DoesNotContain(Callable(), name => !known.Contains(name) && !known.Contains(name.Split('.')[0] + ".*"));
        // A whole type only where it is settings, which nobody can change: a method that a service gets tomorrow is not taken for a reading one.
        Assert.All(known.Where(name => name.EndsWith(".*", StringComparison.Ordinal)), name => Assert.EndsWith("Options.*", name, StringComparison.Ordinal));
    }

    [Fact]
    public void NoComponentCallsWhatIsNotForPages()
    {
        var called = Called.Select(method => $"{method.DeclaringType?.Name}.{method.Name}").ToHashSet(StringComparer.Ordinal);

        // What is called in a lambda, and behind an await, is seen.
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "JobFeed.Subscribe", "OverviewReport.GetAsync", "IntegrationService.FindAsync" }, called);
        Assert.Empty(called.Intersect(NotByPages));
    }

    // One that goes without the member would hide behind the name of the one that is asked here.
    [Fact]
    public void WhatNeedsARightHasNoOverloadThatAsksForNone()
    {
        var names = Calls.Select(call => call.Name).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(from type in typeof(ScoutDb).Assembly.GetTypes()
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            where names.Contains($"{type.Name}.{method.Name}") && (method.IsPublic || Called.Contains(method)) && method.GetParameters().All(parameter => parameter.ParameterType != typeof(Actor))
            select $"{type.Name}.{method}");
    }

    // What is due is done for nobody: there the actor only names, in the audit log, who had it done from a shell.
    [Fact]
    public void EveryMethodOfTheApplicationThatActsForAMemberStandsInTheTable() => Assert.Equal(
        typeof(ScoutDb).Assembly.GetTypes().Where(type => type.IsPublic && type.IsClass && !type.IsAssignableTo(typeof(IComponent)) && type != typeof(MemberChange) && type != typeof(Actor))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(method => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(Actor))).Select(method => $"{type.Name}.{method.Name}"))
            .Distinct().Except(NotByPages).Order(StringComparer.Ordinal),
        Calls.Select(call => call.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ACallRefusesLowerRolesAndEndedSessionsAndObeysTheOthers(string name)
    {
        var call = Calls.Single(c => c.Name == name);
        foreach (var role in Enum.GetValues<MemberRole>())
        {
            await _app.AddMemberAsync($"{role} for {name}", role);
            var actor = await _app.ActorAsync($"{role} for {name}");
            Assert.Equal(role < call.Needed, await IsForbiddenAsync(call, actor));
            Assert.True(await IsForbiddenAsync(call, actor with { SessionId = "another" }));
            Assert.True(await IsForbiddenAsync(call, actor with { OrganizationId = 2 }));
        }
    }

    [Theory]
    [MemberData(nameof(NamesAboveViewer))]
    public async Task WhoIsDemotedLosesTheRightAtOnce(string name)
    {
        var call = Calls.Single(c => c.Name == name);
        var id = await _app.AddMemberAsync($"eve for {name}", call.Needed);
        var actor = await _app.ActorAsync($"eve for {name}");
        Assert.False(await IsForbiddenAsync(call, actor));

        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        await db.Users.Where(a => a.Id == id).ExecuteUpdateAsync(set => set.SetProperty(a => a.Role, call.Needed - 1));

        Assert.True(await IsForbiddenAsync(call, actor));
    }

    private async Task<bool> IsForbiddenAsync(Call call, Actor actor)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        try
        {
            await call.RunAsync(scope.ServiceProvider, actor);
            return false;
        }
        catch (ForbiddenException)
        {
            return true;
        }
    }

    private static IEnumerable<string> Callable() =>
        from service in typeof(ScoutDb).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IComponent)))
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
            .Where(property => property.IsDefined(typeof(InjectAttribute))).Select(property => property.PropertyType).Distinct()
        where service.Assembly == typeof(ScoutDb).Assembly
        from method in service.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where !method.IsSpecialName && (method.IsPublic || Called.Contains(method))
        select $"{service.Name}.{method.Name}";

    private static Call Needs<T>(MemberRole role, string method, Func<T, Actor, Task> run)
        where T : notnull => new($"{typeof(T).Name}.{method}", role, (services, actor) => run(services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<T>().FirstOrDefault() ?? services.GetRequiredService<T>(), actor));

    /// <summary>The application, which all calls share.</summary>
    public sealed class OneApp : IAsyncLifetime
    {
        public ScoutApp App { get; } = new();

        public Task InitializeAsync() => App.SetUpAsync();

        public Task DisposeAsync() => App.DisposeAsync().AsTask();
    }

    private sealed record Call(string Name, MemberRole Needed, Func<IServiceProvider, Actor, Task> RunAsync);
}
