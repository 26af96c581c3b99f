using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>
/// Turns a history entry's <c>created_by</c> into the instruction that a person wrote. Values of environment variables and build arguments,
/// which may be secrets and may hold spaces, are left out whole.
/// </summary>
public static class InstructionText
{
    private const string Nop = "#(nop) ";
    private const string BuildKit = " # buildkit";
    private static readonly string[] Shells =
        ["/bin/sh -c ", "/bin/bash -c ", "/bin/bash -o pipefail -c ", "/bin/ash -eo pipefail -c ", "cmd /S /C ", "powershell -Command "];

    /// <param name="createdBy">The entry as the configuration has it.</param>
    /// <param name="environmentNames">Names of the configuration's variables: only these are told of an ENV.</param>
    public static string Clean(string createdBy, IReadOnlyCollection<string> environmentNames)
    {
        var text = createdBy.Trim();
        text = text.EndsWith(BuildKit, StringComparison.Ordinal) ? text[..^BuildKit.Length] : text;
        if (text.StartsWith("RUN ", StringComparison.Ordinal))
        {
            text = text[4..].TrimStart();
        }

        if (text.StartsWith('|'))
        {
            return Shown("RUN " + AfterArguments(text));
        }

        if (Shells.FirstOrDefault(shell => text.StartsWith(shell, StringComparison.OrdinalIgnoreCase)) is { } prefix)
        {
            text = text[prefix.Length..].TrimStart();
            if (!text.StartsWith(Nop, StringComparison.Ordinal))
            {
                return Shown("RUN " + text);
            }

            text = text[Nop.Length..].TrimStart();
        }

        return Shown(createdBy.TrimStart().StartsWith("RUN ", StringComparison.Ordinal) ? "RUN " + text : Masked(text, environmentNames));
    }

    // "|2 A=1 B=2 /bin/sh -c make": a value may hold spaces, even a shell's name, so the command begins after the last shell.
    private static string AfterArguments(string text)
    {
        var (at, length) = Shells.Select(shell => (At: text.LastIndexOf(shell, StringComparison.OrdinalIgnoreCase), shell.Length)).MaxBy(found => found.At);
        return at < 0 ? "(build arguments hidden)" : text[(at + length)..];
    }

    private static string Masked(string text, IReadOnlyCollection<string> environmentNames)
    {
        if (Is("ENV "))
        {
            var told = environmentNames.Where(name => text.Contains($" {name}=", StringComparison.Ordinal) || text.StartsWith($"ENV {name} ", StringComparison.OrdinalIgnoreCase));
            return "ENV " + string.Join(' ', told.Select(name => $"{name}=***"));
        }

        return Is("ARG ") && text.IndexOf('=') is var equals and > 0 ? $"{text[..equals].Split(' ')[0]} {text[..equals].Split(' ')[1]}=***" : text;

        bool Is(string instruction) => text.StartsWith(instruction, StringComparison.OrdinalIgnoreCase);
    }

    private static string Shown(string text) => DisplayText.Sanitise(text.Trim(), 4096);
}
