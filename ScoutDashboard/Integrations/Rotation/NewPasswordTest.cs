using System.Runtime.CompilerServices;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations.Rotation;

/// <summary>The connection test for a password that was made a moment ago: where one of its name was there before, the registry can take a minute to know it.</summary>
public sealed class NewPasswordTest(ConnectionTest test, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Each step as <see cref="ConnectionTest"/> tells it; a refused password only once it is refused for good.</summary>
    public async IAsyncEnumerable<ConnectionStep> RunAsync(RegistryAccess access, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            var isEarly = false;
            await foreach (var step in test.RunAsync(access, cancellationToken))
            {
                isEarly = IsRefused(step) && clock.GetElapsedTime(start) < Patience;
                if (isEarly)
                {
                    break;
                }

                yield return step;
            }

            if (!isEarly)
            {
                yield break;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <summary>Whether the registry accepts name and password; asked once. Null where it could not be asked.</summary>
    public async Task<bool?> IsAcceptedAsync(RegistryAccess access, CancellationToken cancellationToken)
    {
        await foreach (var step in test.RunAsync(access, cancellationToken))
        {
            if (step.Stage == ConnectionStage.Token && step.State == ConnectionStepState.Passed)
            {
                return true;
            }

            if (IsRefused(step))
            {
                return false;
            }
        }

        return null;
    }

    /// <summary>Whether the registry refuses the password itself; anything else tells nothing of it.</summary>
    public static bool IsRefused(ConnectionStep step) =>
        step is { Stage: ConnectionStage.Token, State: ConnectionStepState.Failed, Error: RegistryError.Unauthorized or RegistryError.TokenDisabled };
}
