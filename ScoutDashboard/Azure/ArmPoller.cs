using System.Text.Json;
using Azure.Core;

namespace ScoutDashboard.Azure;

/// <summary>
/// Waits for Azure's long-running operations (learn: async-operations): Azure-AsyncOperation wins over Location, else the resource's own provisioningState tells.
/// </summary>
public sealed class ArmPoller(ArmHttp http)
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>What the operation comes to: the resource after PUT, the result after POST, undefined after DELETE.</summary>
    /// <param name="started">The answer to the call that started it.</param>
    /// <param name="resource">What is put; null for other calls.</param>
    /// <exception cref="ArmException">It failed, went on for too long, or could not be asked.</exception>
    public async Task<JsonElement> FinishAsync(ArmAnswer started, Uri? resource, CancellationToken cancellationToken)
    {
        if (started.AsyncOperation is null && started.Location is null)
        {
            return resource is null || !IsGoingOn(started.Body.Text("properties", "provisioningState"))
                ? Final(started) : await PollAsync(started, resource, answer => IsGoingOn(answer.Body.Text("properties", "provisioningState")), cancellationToken);
        }

        if (started.AsyncOperation is null)
        {
            // Whoever puts may be told by 201 where the resource is; it then is there.
            return started.Status == 202 ? await PollAsync(started, null, answer => answer.Status == 202, cancellationToken)
                : resource is null ? Final(started) : await FinishAsync(started with { Location = null }, resource, cancellationToken);
        }

        var status = await PollAsync(started, null, answer => IsGoingOn(answer.Body.Text("status")), cancellationToken);
        var result = resource ?? (started.Location is { } location ? http.Endpoint.Follow(location) : null);
        return result is null ? status : (await http.SendAsync(RequestMethod.Get, result, null, cancellationToken)).Body;
    }

    /// <summary>Deletes a resource and waits until it is gone. One that is gone already is no fault.</summary>
    public async Task DeleteAsync(Uri resource, CancellationToken cancellationToken)
    {
        try
        {
            await FinishAsync(await http.SendAsync(RequestMethod.Delete, resource, null, cancellationToken), null, cancellationToken);
        }
        catch (ArmException exception) when (exception.Error == ArmError.NotFound)
        {
            // Also where its operation goes with it.
        }
    }

    private async Task<JsonElement> PollAsync(ArmAnswer answer, Uri? resource, Func<ArmAnswer, bool> isGoingOn, CancellationToken cancellationToken)
    {
        var start = http.Clock.GetTimestamp();
        var link = answer.AsyncOperation ?? answer.Location;
        do
        {
            if (http.Clock.GetElapsedTime(start) > Patience)
            {
                throw new ArmException(ArmError.StillRunning, $"Azure has not finished within {Patience.TotalMinutes:0} minutes.");
            }

            var address = resource ?? http.Endpoint.Follow(link!);
            await Task.Delay(Pause(answer.RetryAfter), http.Clock, cancellationToken);
            answer = await http.SendAsync(RequestMethod.Get, address, null, cancellationToken);
            // Each answer may tell a newer address of the same kind.
            link = answer.AsyncOperation ?? answer.Location ?? link;
        }
        while (isGoingOn(answer));
        return Final(answer);
    }

    private static JsonElement Final(ArmAnswer answer)
    {
        var state = answer.Body.Text("status") is { Length: > 0 } status ? status : answer.Body.Text("properties", "provisioningState");
        if (state.Equals("Failed", StringComparison.OrdinalIgnoreCase) || state.Equals("Canceled", StringComparison.OrdinalIgnoreCase))
        {
            var fault = ArmFault.Read(answer.Body.Member("properties", "error") is { ValueKind: JsonValueKind.Object } inner ? inner : answer.Body);
            throw new ArmException(ArmError.OperationFailed, $"Azure did not finish it ({state.ToLowerInvariant()}).{(fault.Message.Length > 0 ? $" It said: {fault.Message}" : "")}") { Code = fault.Code };
        }

        return answer.Body;
    }

    private static bool IsGoingOn(string state) => state.Length > 0 && !IsAny(state, "Succeeded", "Failed", "Canceled");

    private static bool IsAny(string state, params ReadOnlySpan<string> states)
    {
        foreach (var one in states)
        {
            if (state.Equals(one, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static TimeSpan Pause(TimeSpan? asked) => asked is not { } wait ? Usual : wait < Shortest ? Shortest : wait > Longest ? Longest : wait;
}
