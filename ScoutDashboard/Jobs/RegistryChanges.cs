using ScoutDashboard.Data;

namespace ScoutDashboard.Jobs;

/// <summary>
/// Takes in pushes and deletions, whether an event or a listing told of them, in any order and any number of times. What they are about is read at once,
/// they are applied to it one after the other, and what came of it is written at once: a thousand cost little more statements than one.
/// </summary>
public sealed class RegistryChanges(JobQueue queue)
{
    /// <summary>Applies changes in their order. Belongs inside the caller's transaction; call <see cref="JobQueue.Wake"/> after the commit where one is <see cref="ChangeOutcome.Queued"/>.</summary>
    /// <returns>The outcome of each, in their order.</returns>
    public async Task<IReadOnlyList<ChangeOutcome>> ApplyAsync(ScoutDb db, IReadOnlyList<RegistryChange> changes, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
        {
            return [];
        }

        var state = new RegistryState(queue);
        await RegistryStateReader.ReadAsync(db, state, changes, cancellationToken);
        ChangeOutcome[] outcomes = [.. changes.Select(state.Apply)];
        await RegistryStateWriter.WriteAsync(db, state, cancellationToken);
        return outcomes;
    }
}
