using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Data;

/// <summary>Writers of one process take turns; none is passed by, and none keeps its turn longer than its transaction.</summary>
public sealed class WriteTurnTests
{
    [Fact]
    public async Task WhoAskedFirstWritesFirst()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var first = database.CreateDbContext();
        var held = await first.BeginWriteAsync(default);
        var order = new List<int>();

        Task[] waiting = [.. Enumerable.Range(0, 20).Select(number => WriteAsync(database, () => order.Add(number)))];
        Assert.All(waiting, write => Assert.False(write.IsCompleted));
        await held.DisposeAsync();
        await Task.WhenAll(waiting);

        Assert.Equal(Enumerable.Range(0, 20), order);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ATurnEndsWithTheTransactionAlsoWhereTheContextLivesOn(bool isKept)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var db = database.CreateDbContext();
        await db.Database.OpenConnectionAsync();
        await using (var transaction = await db.BeginWriteAsync(default))
        {
            await db.Organizations.ExecuteUpdateAsync(set => set.SetProperty(o => o.Name, "Fabrikam"));
            if (isKept)
            {
                await transaction.CommitAsync(default);
            }
        }

        await WriteAsync(database, () => { });

        Assert.Equal(isKept ? "Fabrikam" : "Contoso", await db.Organizations.Where(o => o.Id == 1).Select(o => o.Name).SingleAsync());
    }

    [Fact]
    public async Task WhoWaitedLongEnoughIsToldThatTheDatabaseIsBusyAndHoldsNobodyUp()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var first = database.CreateDbContext();
        await using var second = database.CreateDbContext();
        second.LimitWait(TimeSpan.FromSeconds(1));
        await using (await first.BeginWriteAsync(default))
        {
            Assert.True(second.IsBusy(await Assert.ThrowsAsync<SqliteException>(() => second.BeginWriteAsync(default))));
        }

        await WriteAsync(database, () => { });
    }

    [Fact]
    public async Task WhoCannotBeginKeepsNobodyFromWriting()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var db = database.CreateDbContext();
        await using (await db.BeginWriteAsync(default))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WriteAsync(database, () => { }, new CancellationToken(canceled: true)));
        }

        var nobody = new Actor(1, "nobody", "none", "eve", "192.0.2.1");
        await Assert.ThrowsAsync<ForbiddenException>(() => MemberChange.BeginAsync(database, nobody, MemberRole.Viewer, TimeProvider.System, default));

        await WriteAsync(database, () => { });
    }

    private static async Task WriteAsync(TestDatabase database, Action write, CancellationToken cancellationToken = default)
    {
        await using var db = database.CreateDbContext();
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        write();
        await transaction.CommitAsync(cancellationToken);
    }
}
