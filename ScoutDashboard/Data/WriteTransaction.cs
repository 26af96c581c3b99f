using Microsoft.EntityFrameworkCore.Storage;

namespace ScoutDashboard.Data;

/// <summary>A transaction that writes; whoever asked next has their turn once this one is kept or disposed of.</summary>
/// <param name="transaction">Begun.</param>
/// <param name="turn">Held since before it began; null where the database lets several write.</param>
public sealed class WriteTransaction(IDbContextTransaction transaction, SemaphoreSlim? turn) : IAsyncDisposable
{
    private SemaphoreSlim? _turn = turn;

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await transaction.CommitAsync(cancellationToken);
        EndTurn();
    }

    /// <summary>Undoes what was not kept.</summary>
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        EndTurn();
    }

    private void EndTurn() => Interlocked.Exchange(ref _turn, null)?.Release();
}
