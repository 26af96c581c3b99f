using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.Components;
using NetArchTest.Rules;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests;

/// <summary>Holds the arrows between the rooms over the compiled assembly: what a folder does not list, it may not use.</summary>
public sealed class DependencyTests
{
    private const string Root = "ScoutDashboard";
    private const string CompositionRoot = "the composition root";

    // Folder → the folders that it may use. A folder inside another belongs to it unless it has a row of its own.
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Images"] = [],
        ["Archives"] = [],
        ["Data"] = ["Images"],
        ["Outbound"] = ["Images"],
        ["Registry"] = ["Images", "Outbound"],
        ["Azure"] = ["Images", "Outbound"],
        ["Analysis"] = ["Images", "Data", "Registry", "Analysis.Layers", "Analysis.Packages"],
        ["Analysis.Layers"] = ["Images", "Analysis.Packages"],
        ["Analysis.Packages"] = ["Images", "Archives"],
        ["Advisories"] = ["Images", "Archives", "Outbound", "Data", "Advisories.Versions", "Parts"],
        ["Advisories.Versions"] = ["Images"],
        ["Exceptions"] = ["Images", "Data", "Advisories", "Parts"],
        ["Findings"] = ["Images", "Data", "Advisories", "Advisories.Versions", "Exceptions"],
        ["Consent"] = ["Images", "Outbound", "Data", "Azure", "Access", "Parts"],
        ["Integrations"] = ["Images", "Outbound", "Data", "Registry", "Azure", "Consent", "Parts"],
        ["Jobs"] = ["Images", "Data", "Registry", "Integrations", "Analysis", "Findings", "Parts"],
        ["Repositories"] = ["Images", "Data", "Registry", "Integrations", "Jobs", "Parts"],
        ["Webhook"] = ["Images", "Data", "Jobs"],
        ["Retention"] = ["Images", "Data", "Jobs", "Analysis", "Findings"],
        ["Reports"] = ["Images", "Data", "Exceptions", "Jobs", "Retention", "Parts"],
        ["Cli"] = ["Images", "Data", "Analysis", "Advisories", "Advisories.Versions", "Exceptions", "Findings", "Reports", "Access", "Operations", "Registry", "Integrations"],
        ["Access"] = ["Images", "Outbound", "Data", "Parts"],
        ["Operations"] = ["Images", "Data", "Jobs", "Advisories", "Retention", "Parts"],
        ["Layout"] = ["Images", "Parts"],
        ["Parts"] = ["Images"],
    };

    // Functions of their input only: cacheable, testable, fuzzable.
    private static readonly string[] Pure = ["Images", "Archives", "Advisories.Versions", "Analysis.Packages", "Analysis.Layers"];

    private static readonly string[] Impure =
    [
        "Microsoft.EntityFrameworkCore", "Microsoft.Data", "Microsoft.AspNetCore", "Microsoft.Extensions", "MudBlazor", "System.Net.Http", "System.TimeProvider", "System.IO.File",
    ];

    private static readonly Assembly App = typeof(ScoutDb).Assembly;

    // Generated migrations name every row type in text; types without our namespace are the compiler's.
    private static readonly Type[] OurTypes = [.. App.GetTypes().Where(t => !t.IsNested
        && $"{t.Namespace}.".StartsWith($"{Root}.", StringComparison.Ordinal) && t.Namespace?.StartsWith($"{Root}.Data.Migrations", StringComparison.Ordinal) != true)];

    // Reading the assembly takes a second; who uses a folder is asked once.
    private static readonly ConcurrentDictionary<string, Type[]> UsersByFolder = new();

    [Fact]
    public void NoFolderUsesWhatItsRowDoesNotList() => Assert.Empty(Violations(Arrows));

    [Fact]
    public void EveryFolderHasARow() =>
        Assert.Empty(OurTypes.Where(t => t.Namespace != Root && FolderOf(t) is null).Select(t => t.FullName));

    [Theory]
    [InlineData("Analysis", "Registry")]
    [InlineData("Analysis.Layers", "Analysis.Packages")]
    [InlineData("Jobs", "Analysis")]
    [InlineData("Repositories", "Jobs")]
    [InlineData("Reports", "Parts")]
    [InlineData("Webhook", "Jobs")]
    [InlineData("Layout", "Parts")]
    [InlineData("Cli", "Analysis")]
    [InlineData("Registry", "Outbound")]
    [InlineData("Azure", "Outbound")]
    [InlineData("Advisories", "Outbound")]
    public void AnArrowTakenOutOfTheTableIsReported(string folder, string used)
    {
        var table = new Dictionary<string, string[]>(Arrows) { [folder] = [.. Arrows[folder].Where(allowed => allowed != used)] };

        Assert.Contains(Violations(table), v => v.EndsWith($"({folder}) uses {used}", StringComparison.Ordinal));
    }

    [Fact]
    public void PureFoldersKnowNoDatabaseNetworkFrameworkLogOrClock() =>
        Assert.Empty(Pure.SelectMany(folder => Users(TypesIn(folder), Impure)));

    [Fact]
    public void TheCheckForPurityWouldSeeADatabase() =>
        Assert.NotEmpty(Users(TypesIn("Data"), Impure));

    [Fact]
    public void ComponentsAskServicesAndNeverTheDatabaseOrTheNetwork() =>
        Assert.Empty(Users(OurTypes.Where(t => t.IsAssignableTo(typeof(IComponent))), [typeof(ScoutDb).FullName!, "Microsoft.EntityFrameworkCore", "System.Net.Http"]));

    [Fact]
    public void APageIsUsedByItsOwnFolderOnly()
    {
        foreach (var pages in OurTypes.Where(t => t.IsDefined(typeof(RouteAttribute)) && t.Namespace != Root).GroupBy(t => FolderOf(t)))
        {
            var strangers = OurTypes.Where(t => t.Namespace != Root && FolderOf(t) != pages.Key);
            Assert.Empty(Users(strangers, [.. pages.Select(p => p.FullName!)]));
        }
    }

    private static IEnumerable<string> Violations(Dictionary<string, string[]> table) =>
        from used in table.Keys.Append(CompositionRoot)
        from user in UsersOf(used)
        let folder = FolderOf(user)
        where folder is not null && folder != used && !table[folder].Contains(used)
        select $"{user.FullName} ({folder}) uses {used}";

    private static Type[] UsersOf(string folder) => UsersByFolder.GetOrAdd(folder, f => [.. Users(OurTypes, [.. TypesIn(f).Select(t => t.FullName!)])]);

    private static IEnumerable<Type> Users(IEnumerable<Type> types, string[] dependencies)
    {
        if (dependencies.Length == 0)
        {
            return [];
        }

        var users = Types.InAssembly(App).That().HaveDependencyOnAny(dependencies).GetTypes().ToHashSet();
        return types.Where(users.Contains);
    }

    private static IEnumerable<Type> TypesIn(string folder) => OurTypes.Where(t => (FolderOf(t) ?? CompositionRoot) == folder);

    private static string? FolderOf(Type type) => Arrows.Keys
        .Where(folder => $"{type.Namespace}.".StartsWith($"{Root}.{folder}.", StringComparison.Ordinal))
        .MaxBy(folder => folder.Length);
}
