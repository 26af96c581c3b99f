using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Operations;

/// <summary>What can be said of the image without building it; <see cref="PublishedProgramTests"/> runs what it would hold.</summary>
public sealed partial class ContainerRecipeTests
{
    private static readonly ContainerRecipe Recipe = ContainerRecipe.Read();

    [Fact]
    public void TheSdkAndTheRuntimeAreOfTheFrameworkThatTheProjectTargets()
    {
        var framework = TargetFramework().Match(File.ReadAllText(Path.Combine(BuildFacts.Repository, "ScoutDashboard/ScoutDashboard.csproj"))).Groups[1].Value;
        var sdk = (string)JsonNode.Parse(File.ReadAllText(Path.Combine(BuildFacts.Repository, "global.json")))!["sdk"]!["version"]!;

        Assert.StartsWith($"{framework}.", sdk, StringComparison.Ordinal);
        Assert.Collection(
            Recipe.All("FROM"),
            build => Assert.Contains($"mcr.microsoft.com/dotnet/sdk:{framework}-", build, StringComparison.Ordinal),
            final => Assert.StartsWith($"mcr.microsoft.com/dotnet/aspnet:{framework}-", final, StringComparison.Ordinal));
    }

    [Fact]
    public void PackagesAreRestoredByTheLockAndNeverAgain()
    {
        var commands = Recipe.All("RUN").ToList();

        Assert.Contains("--locked-mode", Assert.Single(commands, command => command.StartsWith("dotnet restore ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(" --no-restore ", Assert.Single(commands, command => command.StartsWith("dotnet publish ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("dotnet restore --locked-mode", File.ReadAllText(Path.Combine(BuildFacts.Repository, ".ci/test")), StringComparison.Ordinal);
    }

    // What a build is given stays in the image's history.
    [Fact]
    public void NothingSecretIsGivenToTheBuildOrWrittenIntoTheImage()
    {
        Assert.Equal(["REVISION", "REVISION"], Recipe.All("ARG"));
        Assert.DoesNotMatch("(?i)secret|password|token|credential|certificate", string.Join('\n', Recipe.All("ENV")));
        Assert.Equal(["global.json", ".editorconfig", "LICENSE", "ScoutDashboard/ScoutDashboard.csproj", "ScoutDashboard/packages.lock.json", "templates/", "ScoutDashboard/"], Copied());
        Assert.Equal("*", File.ReadLines(Path.Combine(BuildFacts.Repository, ".dockerignore")).First(line => line.Length > 0 && line[0] != '#'));
    }

    [Fact]
    public void WhatIsCopiedIsThereAndNotLeftOut()
    {
        var allowed = File.ReadLines(Path.Combine(BuildFacts.Repository, ".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();

        Assert.All(Copied(), source => Assert.True(Path.Exists(Path.Combine(BuildFacts.Repository, source)) && allowed.Contains(source.Split('/')[0]), source));
    }

    [Fact]
    public void ItRunsAsANumberThatIsNotRootAndOwnsItsDataFolder()
    {
        var user = Recipe.One("USER");

        Assert.Matches("^[1-9][0-9]*:[1-9][0-9]*$", user);
        Assert.Contains(Recipe.All("COPY"), copy => copy.StartsWith($"--from=build --chown={user} ", StringComparison.Ordinal) && copy.EndsWith($" {Recipe.One("VOLUME")}", StringComparison.Ordinal));
        Assert.Equal(Recipe.One("VOLUME"), Recipe.Pairs("ENV")["Scout__DataDirectory"]);
    }

    // WORKDIR makes a folder that is not there for the user of the base image, which is the one that the program runs as.
    [Fact]
    public void TheProgramsFolderIsRootsAndMadeBeforeItIsEntered()
    {
        var folder = Recipe.One("WORKDIR");
        var copy = Assert.Single(Recipe.Final, step => step.Instruction == "COPY" && step.Text.EndsWith($" {folder}/", StringComparison.Ordinal));

        Assert.DoesNotContain("--chown", copy.Text, StringComparison.Ordinal);
        Assert.Equal(["COPY", "WORKDIR"], Recipe.Final.Where(step => step == copy || step.Instruction == "WORKDIR").Select(step => step.Instruction));
    }

    [Fact]
    public void ItListensWhereItSaysAndIsStoppedAndAskedWithoutAShell()
    {
        Assert.Equal($"http://+:{Recipe.One("EXPOSE")}", Recipe.Pairs("ENV")["ASPNETCORE_URLS"]);
        Assert.Equal("", Recipe.Pairs("ENV")["ASPNETCORE_HTTP_PORTS"]);
        Assert.Equal("SIGTERM", Recipe.One("STOPSIGNAL"));
        Assert.Equal(["dotnet", "ScoutDashboard.dll"], Recipe.Command("ENTRYPOINT"));
        Assert.Equal(["dotnet", "ScoutDashboard.dll", "health", "live"], Recipe.Command("HEALTHCHECK"));
        Assert.DoesNotContain(Recipe.Final, step => step.Instruction == "RUN");
    }

    [Fact]
    public void ItTellsItsVersionItsLicenceAndItsBase()
    {
        var labels = Recipe.Pairs("LABEL");

        Assert.Equal(
            (ProgramVersion.Text, "Apache-2.0", Recipe.All("FROM").Last(), "$REVISION"),
            (labels["org.opencontainers.image.version"], labels["org.opencontainers.image.licenses"], labels["org.opencontainers.image.base.name"], labels["org.opencontainers.image.revision"]));
    }

    private static IEnumerable<string> Copied() => Recipe.All("COPY").Where(copy => !copy.StartsWith("--from", StringComparison.Ordinal)).SelectMany(copy => copy.Split(' ')[..^1]);

    [GeneratedRegex("<TargetFramework>net([0-9.]+)</TargetFramework>")]
    private static partial Regex TargetFramework();
}
