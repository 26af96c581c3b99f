using System.CommandLine;
using System.Globalization;
using ScoutDashboard.Advisories.Scores;
using ScoutDashboard.Images;

namespace ScoutDashboard.Cli;

/// <summary><c>cvss</c>: reads vectors from standard input and tells the version, score and band of each, parted by tabs.</summary>
internal static class CvssCommand
{
    public static Command Create()
    {
        var command = new Command("cvss", "Reads CVSS vectors, one a line, and prints version, score and band of each, parted by tabs; ? for text that is no complete vector. Exit code 2: some line was such.");
        command.SetAction((_, cancellationToken) => LineAnswers.RunAsync(Answer, cancellationToken));
        return command;
    }

    private static (string? Answer, string? Error) Answer(string line) => string.IsNullOrWhiteSpace(line) ? (null, "empty")
        : Cvss.TryScore(line, out var score) ? (string.Create(CultureInfo.InvariantCulture, $"{score.Version}\t{score.Value:0.0}\t{Band(score.Level)}"), null)
        : (null, "no complete CVSS vector");

    private static string Band(SeverityLevel level) => JsonText.Camel(level.ToString());
}
