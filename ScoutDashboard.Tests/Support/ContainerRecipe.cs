using System.Text.Json;
using System.Text.RegularExpressions;

namespace ScoutDashboard.Tests.Support;

/// <summary>The instructions of the product's Dockerfile, in order, with their lines joined.</summary>
internal sealed partial record ContainerRecipe(IReadOnlyList<ContainerStep> Steps)
{
    public static ContainerRecipe Read()
    {
        var steps = new List<ContainerStep>();
        var stage = -1;
        var open = "";
        foreach (var line in File.ReadLines(Path.Combine(BuildFacts.Repository, "ScoutDashboard/Dockerfile")).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            open += line.TrimEnd('\\');
            if (line.EndsWith('\\'))
            {
                continue;
            }

            var at = open.IndexOf(' ');
            stage += open.StartsWith("FROM ", StringComparison.Ordinal) ? 1 : 0;
            steps.Add(new ContainerStep(stage, open[..at], open[(at + 1)..].Trim()));
            open = "";
        }

        return new ContainerRecipe(steps);
    }

    /// <summary>The steps of the image itself, after the last FROM.</summary>
    public IReadOnlyList<ContainerStep> Final => [.. Steps.Where(step => step.Stage == Steps[^1].Stage)];

    public IEnumerable<string> All(string instruction) => Steps.Where(step => step.Instruction == instruction).Select(step => step.Text);

    /// <summary>The only one of the image itself.</summary>
    public string One(string instruction) => Assert.Single(Final, step => step.Instruction == instruction).Text;

    /// <summary>What ENV or LABEL of the image itself sets.</summary>
    public IReadOnlyDictionary<string, string> Pairs(string instruction) => Pair().Matches(One(instruction)).ToDictionary(pair => pair.Groups["name"].Value, pair => pair.Groups["value"].Value.Trim('"'));

    /// <summary>A command in the form that needs no shell.</summary>
    public IReadOnlyList<string> Command(string instruction) => JsonSerializer.Deserialize<string[]>(One(instruction)[One(instruction).IndexOf('[')..])!;

    [GeneratedRegex("""(?<name>[A-Za-z0-9_.]+)=(?<value>"[^"]*"|\S*)""")]
    private static partial Regex Pair();
}

/// <param name="Stage">Which FROM it belongs to, from 0; -1 before the first.</param>
internal sealed record ContainerStep(int Stage, string Instruction, string Text);
