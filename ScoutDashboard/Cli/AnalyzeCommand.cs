using System.CommandLine;
using System.CommandLine.Parsing;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Sources;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Reports.Exports;

namespace ScoutDashboard.Cli;

/// <summary><c>analyze IMAGE</c>: lists what is inside an image, with the dashboard's own analysis and without its database.</summary>
internal static class AnalyzeCommand
{
    private static readonly Argument<ImageLocation> Image = new("IMAGE")
    {
        Description = "REGISTRY/REPOSITORY[:TAG|@DIGEST], oci:DIR[:TAG] (an OCI layout) or archive:FILE[:TAG] (docker save, or a tar of a layout)",
        CustomParser = Parse<ImageLocation>(ImageLocation.TryParse),
    };

    private static readonly Option<string> Format = new("--format", "-f")
    {
        Description = "How the result is written", HelpName = "table|json|cyclonedx|spdx", DefaultValueFactory = _ => "table",
    };

    private static readonly Option<Platform?> WantedPlatform = new("--platform")
    {
        Description = "Which image of a multi-platform one; linux/amd64 or the only one if not given", HelpName = "os/arch[/variant]", CustomParser = Parse<Platform>(TryParsePlatform),
    };

    private static readonly Option<string?> Output = new("--output", "-o") { Description = "Write to this file instead of the terminal", HelpName = "FILE" };

    private static readonly Option<string?> Advisories = new("--advisories")
    {
        Description = "Match the packages with advisories: a folder or an https address laid out as the OSV bucket; for table and json", HelpName = "DIR|URL",
    };

    public static Command Create()
    {
        Format.AcceptOnlyFromAmong("table", "json", "cyclonedx", "spdx");
        var command = new Command("analyze", "Lists what is inside an image. Exit code 0: all of it was read; 3: some was not, the gaps say what; 1: no result.") { Image, Format, WantedPlatform, Advisories, Output };
        command.Aliases.Add("analyse");
        command.Validators.Add(result =>
        {
            if (result.GetValue(Advisories) is not null && result.GetValue(Format) is "cyclonedx" or "spdx")
            {
                result.AddError("--advisories goes with --format table or json; a bill of materials lists what is there.");
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            await using var output = OutputFile.Open(arguments.GetValue(Output));
            var location = arguments.GetRequiredValue(Image);
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
            StandaloneImage image;
            StandaloneFindings? findings = null;
            using (var progress = new TerminalProgress(TimeProvider.System))
            {
                image = await new StandaloneAnalyser(configuration).AnalyseAsync(location, arguments.GetValue(WantedPlatform), progress, cancellationToken);
                if (arguments.GetValue(Advisories) is { } source)
                {
                    findings = await StandaloneMatcher.MatchAsync(
                        source, configuration,
                        [.. image.Components.Where(component => component.ListedOnly is null).Select(component => component.Identity)
                            .Select(identity => new MatchSubject(identity.Purl, identity.Ecosystem, identity.AdvisoryName, identity.AdvisoryVersion, identity.GroupHint, identity.StandIn?.ToString(), identity.Stream, identity.Name))],
                        cancellationToken);
                    image = image with { Gaps = [.. image.Gaps, .. findings.Unmatched] };
                }
            }

            await WriteAsync(arguments.GetValue(Format), location, image, findings, output.Stream, cancellationToken);
            await output.KeepAsync(cancellationToken);
            return image.Gaps.Count == 0 ? ExitCode.Good : ExitCode.Gaps;
        }
        catch (Exception exception) when (exception is AnalysisException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(DisplayText.Sanitise(exception.Message));
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return ExitCode.Stopped;
        }
    }

    private static Task WriteAsync(string? format, ImageLocation location, StandaloneImage image, StandaloneFindings? findings, Stream output, CancellationToken cancellationToken) => format switch
    {
        "json" => ImageJson.WriteAsync(location, image, findings, output, cancellationToken),
        "cyclonedx" => CycloneDxWriter.WriteAsync(ImageSbom.Of(location, image, TimeProvider.System), output, cancellationToken),
        "spdx" => SpdxWriter.WriteAsync(ImageSbom.Of(location, image, TimeProvider.System), output, cancellationToken),
        _ => ImageTable.WriteAsync(location, image, findings, output, cancellationToken),
    };

    private static bool TryParsePlatform(string text, out Platform? platform, out string? error)
    {
        error = Platform.TryParse(text, out platform) ? null : $"{text} is no platform. Write os/arch[/variant], e.g. linux/arm64.";
        return error is null;
    }

    private static Func<ArgumentResult, T?> Parse<T>(TryParse<T> tryParse) where T : class => result =>
    {
        if (tryParse(result.Tokens[0].Value, out var value, out var error))
        {
            return value;
        }

        result.AddError(DisplayText.Sanitise(error));
        return null;
    };

    private delegate bool TryParse<T>(string text, out T? value, out string? error) where T : class;
}
