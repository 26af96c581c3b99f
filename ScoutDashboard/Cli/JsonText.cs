using System.Text.Json;

namespace ScoutDashboard.Cli;

/// <summary>How names of ours are spelt in what programs read.</summary>
internal static class JsonText
{
    /// <summary><c>NoFix</c> as <c>noFix</c>.</summary>
    public static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
