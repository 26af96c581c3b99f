using System.Runtime.CompilerServices;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Rotation;

namespace ScoutDashboard.Integrations;

/// <summary>Tests a password that Azure made for the dashboard and, only if all went well, stores it. Else it is ended again, also where the page is closed meanwhile.</summary>
public sealed class IssuedPassword(IntegrationService integrations, NewPasswordTest test, TokenStore tokens, TokenIssue issue)
{
    /// <summary>Step by step, as the connection test tells them.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator, or no longer; the password is ended.</exception>
    public async IAsyncEnumerable<ConnectionStep> EnableAsync(Actor actor, long id, IssueOutcome.Made made, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isSettled = false;
        try
        {
            ConnectionStep? broken = null;
            var outcome = SwitchOutcome.Gone;
            if (await integrations.FindToChangeAsync(actor, id, cancellationToken) is not null)
            {
                await foreach (var step in test.RunAsync(made.Password.Access, cancellationToken))
                {
                    broken ??= step.State == ConnectionStepState.Failed ? step : null;
                    yield return step;
                }

                // It is stored or it is not: nobody who leaves in between shall make that a question.
                outcome = broken is null ? await tokens.StoreIssuedAsync(actor, id, made, CancellationToken.None) : outcome;
                isSettled = outcome == SwitchOutcome.Done;
            }

            if (isSettled)
            {
                yield return new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Passed, "The token is stored, protected.");
                yield break;
            }

            var left = await issue.TakeBackAsync(id, made, CancellationToken.None);
            isSettled = true;
            var (state, reason) = broken is not null ? (ConnectionStepState.Skipped, "Nothing was stored.")
                : (ConnectionStepState.Failed, outcome == SwitchOutcome.Overtaken ? "It took too long: somebody else has the right to the token by now, and what they do stays." : "The registry was removed meanwhile.");
            yield return new ConnectionStep(ConnectionStage.Store, state, $"{reason} {left?.Message ?? "The password that was made is ended again."}") { Remedy = left?.Remedy ?? "" };
        }
        finally
        {
            await (isSettled ? Task.CompletedTask : issue.TakeBackAsync(id, made, CancellationToken.None));
            await (made.Lease?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}
