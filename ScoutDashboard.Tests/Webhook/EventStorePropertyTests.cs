using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Jobs;
using ScoutDashboard.Webhook;
using static ScoutDashboard.Tests.Jobs.JobRig;

namespace ScoutDashboard.Tests.Webhook;

/// <summary>Deliveries that are stored together leave what they leave one by one, and what the rules say event by event; each seed is another history of two registries.</summary>
public sealed class EventStorePropertyTests
{
    private static readonly string[] Tables = ["Integrations", "Repositories", "Tags", "Images", "Jobs", "Events"];

    private static readonly string[] Unlike = ["Id", "WebhookKeyHash", "TemplateKeyHash"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task StoredTogetherOrOneByOneTheDatabaseHoldsWhatTheRulesSay(int seed)
    {
        await using var plain = await PrepareAsync();
        await using var single = await PrepareAsync();
        await using var grouped = await PrepareAsync();
        var history = new History(new Random(seed));
        var expected = "";
        for (var group = 0; group < 12; group++)
        {
            var deliveries = history.NextGroup();
            foreach (var delivery in deliveries)
            {
                await using var db = plain.Database.CreateDbContext();
                await new PlainEventStore(db, plain.Queue, plain.Clock.GetUtcNow().UtcDateTime).StoreAsync(delivery);
                await StoreOf(single).StoreAsync([delivery], CancellationToken.None);
            }

            await StoreOf(grouped).StoreAsync(deliveries, CancellationToken.None);
            expected = await ReadAsync(plain);
            Assert.Equal(expected, await ReadAsync(single));
            Assert.Equal(expected, await ReadAsync(grouped));
            foreach (var rig in new[] { plain, single, grouped })
            {
                rig.Clock.Advance(TimeSpan.FromMinutes(7));
            }
        }

        Assert.All(
            ["Analysis queued", "Analysis was queued already", "Image was analysed already", "Image was deleted since", "Image was pushed again since", "Image marked as deleted", "Not used", "Repository not enabled", "No repository in the event", "Later events came"],
            outcome => Assert.Contains($"Outcome={outcome}", expected, StringComparison.Ordinal));
    }

    private static EventStore StoreOf(JobRig rig) => new(rig.Database, rig.Changes, new WebhookOptions(), rig.Clock);

    // Two registries with repositories of the same names and images of the same digests, in all states; one is an index that nothing leads to, nor to what it holds.
    private static async Task<JobRig> PrepareAsync()
    {
        var rig = await CreateAsync();
        var other = await rig.Database.AddRepositoryAsync("team/app", enabled: true, "fabrikam.azurecr.io");
        await rig.Database.AddRepositoryAsync("team/off", enabled: false);
        await using var db = rig.Database.CreateDbContext();
        foreach (var repository in new[] { rig.RepositoryId, other })
        {
            var index = Add(repository, 1, ImageState.Analysed, ImageKind.Index);
            var held = Add(repository, 2, ImageState.Partial, ImageKind.Image);
            Add(repository, 3, ImageState.Failed, ImageKind.Image).PushedAt = Start.AddMinutes(-20);
            Add(repository, 4, ImageState.Skipped, ImageKind.Artifact);
            (index.UntaggedAt, held.UntaggedAt, held.DeletedAt) = (Start.AddDays(-1), Start.AddDays(-1), Start.AddMinutes(-30));
            await db.SaveChangesAsync();
            db.IndexEntries.Add(new IndexEntry { IndexId = index.Id, ImageId = held.Id });
            db.Tags.Add(new Tag { RepositoryId = repository, Name = "v1", Digest = DigestOf(3).Value, PushedAt = Start.AddMinutes(-40) });
            db.Jobs.Add(new AnalysisJob { RepositoryId = repository, Digest = DigestOf(5).Value, State = JobState.Running, ActiveKey = $"{repository}/{DigestOf(5).Value}" });
            db.Jobs.Add(new AnalysisJob { RepositoryId = repository, Digest = DigestOf(6).Value, State = JobState.Queued, ActiveKey = $"{repository}/{DigestOf(6).Value}" });
        }

        await db.SaveChangesAsync();
        return rig;

        Image Add(long repository, int number, ImageState state, ImageKind kind) =>
            db.Images.Add(new Image { RepositoryId = repository, Digest = DigestOf(number).Value, State = state, Kind = kind }).Entity;
    }

    // Rows in their order (tags in that of their repository), whatever their ids: a tag that came and went between two commits has one in one way and none in another.
    private static async Task<string> ReadAsync(JobRig rig)
    {
        await using var db = rig.Database.CreateDbContext();
        await db.Database.OpenConnectionAsync();
        var text = new StringBuilder();
        foreach (var table in Tables)
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"SELECT * FROM {table} ORDER BY {(table == "Tags" ? "RepositoryId, " : "")}Id";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                var values = Enumerable.Range(0, reader.FieldCount).Where(at => !Unlike.Contains(reader.GetName(at)) && !reader.IsDBNull(at)).Select(at => $"{reader.GetName(at)}={reader.GetValue(at)}");
                text.AppendLine(CultureInfo.InvariantCulture, $"{table}: {string.Join("; ", values)}");
            }
        }

        return text.ToString();
    }

    /// <summary>Made so that ids come again, digests and tags meet often, and times are equal, missing, out of order or not to be believed.</summary>
    private sealed class History(Random random)
    {
        private static readonly string?[] Repositories = ["team/app", "team/app", "team/app", "team/app", "team/off", "team/new", null];

        public IReadOnlyList<Delivery> NextGroup() => [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ =>
            new Delivery(random.Next(1, 3), [.. Enumerable.Range(0, random.Next(7)).Select(_ => NextEvent())]))];

        private DeliveredEvent NextEvent()
        {
            var kind = random.Next(20) switch { 0 => RegistryEventKind.Other, 1 or 2 => RegistryEventKind.SubscriptionDeleted, < 9 => RegistryEventKind.ImageDeleted, _ => RegistryEventKind.ImagePushed };
            DateTime? at = random.Next(12) switch { 0 => null, 1 => Start.AddDays(2), _ => Start.AddMinutes(random.Next(-45, 80)) };
            return new DeliveredEvent(
                $"{random.Next(400)}", kind, Repositories[random.Next(Repositories.Length)], random.Next(8) == 0 ? null : $"v{random.Next(4)}",
                random.Next(12) == 0 ? null : DigestOf(random.Next(1, 9)), at);
        }
    }
}
