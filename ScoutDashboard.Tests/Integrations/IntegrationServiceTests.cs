using System.Text;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations;

public sealed class IntegrationServiceTests
{
    [Fact]
    public async Task ARegistryThatIsConnectedAlreadyLeadsToItself()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var first = await room.Integrations.AddAsync(TestActor.Administrator, room.Host("Contoso.azurecr.io"), CancellationToken.None);
        var second = await room.Integrations.AddAsync(TestActor.Administrator, room.Host("https://contoso.azurecr.io/"), CancellationToken.None);
        Assert.IsType<AddOutcome.Added>(first);
        Assert.Equal(new AddOutcome.AlreadyConnected(first.IntegrationId), second);
    }

    [Fact]
    public async Task TwoPeopleWhoAddTheSameRegistryAtOnceGetOneIntegration()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => room.Integrations.AddAsync(TestActor.Administrator, room.Host("contoso.azurecr.io"), CancellationToken.None)));
        Assert.Single(outcomes.OfType<AddOutcome.Added>());
        Assert.Single(outcomes.Select(outcome => outcome.IntegrationId).Distinct());
    }

    [Fact]
    public async Task TheStoredRowHoldsNoSecretInPlain()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.ConnectAsync("contoso.azurecr.io", "pa55word-of-the-token");
        var plan = await room.Planner.ShowAsync(TestActor.Administrator, id, CancellationToken.None);
        var keys = new[] { plan!.WebhookUrl!.Split('/')[^1], plan.TemplatePath.Split('/')[^2], "pa55word-of-the-token" };
        var row = await room.RowAsync(id);
        var stored = System.Text.Json.JsonSerializer.Serialize(row) + Encoding.Latin1.GetString([.. row.WebhookKeyHash, .. row.TemplateKeyHash]);
        Assert.All(keys, key => Assert.DoesNotContain(key, stored, StringComparison.Ordinal));
        Assert.Equal(UrlKey.Hash(keys[0]), row.WebhookKeyHash);
        Assert.Equal(UrlKey.Hash(keys[1]), row.TemplateKeyHash);
    }

    [Fact]
    public async Task ASecretCopiedToAnotherRegistryDoesNotOpenThere()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var closed = room.Vault.Protect(SecretKind.RegistryToken, "contoso.azurecr.io", TestSecrets.Of("registry token"));
        Assert.Equal(TestSecrets.Of("registry token"), room.Vault.Open(SecretKind.RegistryToken, "contoso.azurecr.io", closed));
        Assert.Null(room.Vault.Open(SecretKind.RegistryToken, "fabrikam.azurecr.io", closed));
        Assert.Null(room.Vault.Open(SecretKind.WebhookKey, "contoso.azurecr.io", closed));
        Assert.Null(room.Vault.Open(SecretKind.RegistryToken, "contoso.azurecr.io", ""));
    }

    [Fact]
    public async Task ASecondRegistryGetsATopicNameOfItsOwn()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        Assert.Equal("docker-scout-repository", (await room.RowAsync(await room.AddAsync("contoso.azurecr.io"))).SystemTopic);
        Assert.Equal("docker-scout-repository-fabrikam", (await room.RowAsync(await room.AddAsync("fabrikam-e7ggejfuhzhgedc8.azurecr.io"))).SystemTopic);
    }

    [Fact]
    public async Task ThePlainTopicNameIsFreeAgainOnceItsTopicIsGone()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        await room.Removals.RemoveAsync(TestActor.Administrator, await room.AddAsync("contoso.azurecr.io"), eraseResults: true, CancellationToken.None);
        Assert.Equal("docker-scout-repository-fabrikam", (await room.RowAsync(await room.AddAsync("fabrikam.azurecr.io"))).SystemTopic);
        foreach (var task in await room.Removals.ListRemindersAsync(1, CancellationToken.None))
        {
            await room.Removals.TickOffAsync(TestActor.Administrator, task.Id, CancellationToken.None);
        }

        Assert.Equal("docker-scout-repository", (await room.RowAsync(await room.AddAsync("tailspin.azurecr.io"))).SystemTopic);
    }

    [Theory]
    [InlineData("contoso", "docker-scout-repository-contoso")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "docker-scout-repository-abcdefghijklmnopqrstuvwxyz")]
    public void TopicNamesCarryTheRegistrysName(string registry, string topic) => Assert.Equal(topic, SystemTopicName.For(registry));

    [Fact]
    public void LongRegistryNamesKeepTopicNamesValidAndApart()
    {
        var names = new[] { new string('a', 49) + "1", new string('a', 49) + "2", new string('a', 27) }.Select(SystemTopicName.For).ToList();
        Assert.All(names, name => Assert.True(SystemTopicName.IsValid(name), name));
        Assert.Equal(3, names.Distinct().Count());
    }

    [Fact]
    public async Task ARegistryThatComesBackGetsItsResultsDisabledAndItsTopicAndLosesItsReminders()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        await room.AddAsync("fabrikam.azurecr.io");
        var before = await room.AddAsync("contoso.azurecr.io");
        var topic = (await room.RowAsync(before)).SystemTopic;
        var repository = await room.Database.AddRepositoryAsync("team/app");
        await room.Removals.RemoveAsync(TestActor.Administrator, before, eraseResults: false, CancellationToken.None);
        Assert.NotEmpty(await room.Removals.ListRemindersAsync(1, CancellationToken.None));

        var after = await room.AddAsync("contoso.azurecr.io");
        await using var db = room.Database.CreateDbContext();
        Assert.Equal((after, false), await db.Repositories.Where(r => r.Id == repository).Select(r => ValueTuple.Create(r.IntegrationId, r.Enabled)).SingleAsync());
        Assert.Equal(topic, (await room.RowAsync(after)).SystemTopic);
        Assert.Empty(await room.Removals.ListRemindersAsync(1, CancellationToken.None));
        Assert.NotEqual((await room.RowAsync(before)).WebhookKeyHash, (await room.RowAsync(after)).WebhookKeyHash);
    }

    [Fact]
    public async Task AnotherOrganizationNeitherSeesNorChangesARegistry()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.ConnectAsync("contoso.azurecr.io");
        Assert.Null(await room.Integrations.FindAsync(2, id, CancellationToken.None));
        Assert.Empty(await room.Integrations.ListAsync(2, CancellationToken.None));
        Assert.Null(await room.Planner.ShowAsync(TestActor.Stranger, id, CancellationToken.None));
        Assert.False(await room.Removals.RemoveAsync(TestActor.Stranger, id, eraseResults: true, CancellationToken.None));
        Assert.False(await room.Integrations.SetTopicAsync(TestActor.Stranger, id, "other-topic", exists: true, CancellationToken.None));
        Assert.False(await room.Tokens.StoreAsync(TestActor.Stranger, id, room.Host("contoso.azurecr.io"), "other-token", "x", null, CancellationToken.None));
        Assert.Equal(IntegrationState.Connected, (await room.RowAsync(id)).State);
    }

    [Fact]
    public async Task TheSummaryCountsRepositoriesAndShowsTheNewestAnalysis()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        await room.AddAsync("fabrikam.azurecr.io");
        var id = await room.ConnectAsync("contoso.azurecr.io");
        var app = await room.Database.AddRepositoryAsync("team/app");
        await room.Database.AddRepositoryAsync("team/old", enabled: false);
        var analysed = new DateTime(2026, 11, 23, 8, 0, 0, DateTimeKind.Utc);
        await using (var db = room.Database.CreateDbContext())
        {
            db.Images.AddRange(Image("a", analysed.AddDays(-1)), Image("b", analysed), Image("c", null));
            await db.SaveChangesAsync();
        }

        var rows = await room.Integrations.ListAsync(1, CancellationToken.None);
        Assert.Equal(["contoso.azurecr.io", "fabrikam.azurecr.io"], rows.Select(row => row.Hostname));
        Assert.Equal((id, 1, 2, (DateTime?)analysed, false), (rows[0].Id, rows[0].EnabledRepositories, rows[0].Repositories, rows[0].LastAnalysisAt, rows[0].IsWaiting));
        Assert.Equal((0, null, true), (rows[1].Repositories, rows[1].LastAnalysisAt, rows[1].IsWaiting));

        Image Image(string seed, DateTime? at) => new() { RepositoryId = app, Digest = Digest.Of(Encoding.UTF8.GetBytes(seed)).Value, AnalysedAt = at };
    }

    [Fact]
    public async Task LeavingTheWizardKeepsTheStepThatWasReached()
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.AddAsync("contoso.azurecr.io");
        Assert.Equal(IntegrationState.WaitingForDeployment, (await room.RowAsync(id)).State);
        await room.Integrations.ConfirmDeploymentAsync(TestActor.Administrator, id, CancellationToken.None);
        Assert.Equal(IntegrationState.WaitingForToken, (await room.RowAsync(id)).State);
        await room.Tokens.StoreAsync(TestActor.Administrator, id, room.Host("contoso.azurecr.io"), AzureNames.Token, TestSecrets.Of("registry token"), null, CancellationToken.None);
        await room.Integrations.ConfirmDeploymentAsync(TestActor.Administrator, id, CancellationToken.None);
        Assert.Equal(IntegrationState.Connected, (await room.RowAsync(id)).State);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("topic; rm -rf")]
    [InlineData("topic/other")]
    public async Task ATopicNameThatAzureRefusesIsRefusedHere(string topic)
    {
        await using var room = await IntegrationRoom.CreateAsync();
        var id = await room.AddAsync("contoso.azurecr.io");
        Assert.False(await room.Integrations.SetTopicAsync(TestActor.Administrator, id, topic, exists: false, CancellationToken.None));
        Assert.Equal("docker-scout-repository", (await room.RowAsync(id)).SystemTopic);
    }
}
