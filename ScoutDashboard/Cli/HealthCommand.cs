using System.CommandLine;
using ScoutDashboard.Images;
using ScoutDashboard.Operations;

namespace ScoutDashboard.Cli;

/// <summary><c>health</c>: asks the dashboard on this machine how it does, for containers that have no other program to ask with.</summary>
internal static class HealthCommand
{
    private const int MaxAnswer = 64 << 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);
    private static readonly Argument<string> Question = new("live|ready") { Description = "live: it answers; ready: it can work", DefaultValueFactory = _ => "ready" };

    public static Command Create()
    {
        Question.AcceptOnlyFromAmong("live", "ready");
        var command = new Command("health", "Asks the dashboard that runs on this machine how it does. Exit code 0: it is live or ready; 1: it is not, or does not answer.") { Question };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var configuration = VerbConfiguration.Read();
        try
        {
            if (OwnAddress.Of(configuration) is not { } address)
            {
                await Console.Error.WriteLineAsync("The dashboard listens by no port that could be asked.");
                return ExitCode.Failed;
            }

            // To ourselves: by no proxy, and whatever name its certificate tells.
            using var handler = new HttpClientHandler { UseProxy = false, AllowAutoRedirect = false, ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
            using var client = new HttpClient(handler) { Timeout = Limit, MaxResponseContentBufferSize = MaxAnswer };
            using var answer = await client.GetAsync(new Uri(address, $"/healthz/{arguments.GetValue(Question)}"), cancellationToken);
            Console.WriteLine(DisplayText.Sanitise(await answer.Content.ReadAsStringAsync(cancellationToken), MaxAnswer));
            return answer.IsSuccessStatusCode ? ExitCode.Good : ExitCode.Failed;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or FormatException)
        {
            await Console.Error.WriteLineAsync($"The dashboard does not answer: {DisplayText.Sanitise(exception.Message)}");
            return ExitCode.Failed;
        }
    }
}
