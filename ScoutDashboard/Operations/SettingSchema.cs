using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using ScoutDashboard.Images;

namespace ScoutDashboard.Operations;

/// <summary>The keys of our configuration sections, read off the options classes; tells which values can't be and which keys nobody reads.</summary>
public sealed class SettingSchema
{
    private static readonly IConfiguration Nothing = new ConfigurationBuilder().Build();
    private readonly Dictionary<string, SettingKey> _keys = new(StringComparer.OrdinalIgnoreCase);

    private readonly List<(string Section, Func<IConfiguration, object> Read)> _sections = [];

    private readonly List<Func<IConfiguration, IEnumerable<string>>> _others = [];

    /// <summary>The sections, and how each is read.</summary>
    public IReadOnlyList<(string Section, Func<IConfiguration, object> Read)> Sections => _sections;

    /// <summary>By name.</summary>
    public IReadOnlyList<SettingKey> Keys => [.. _keys.Values.OrderBy(key => key.Key, StringComparer.Ordinal)];

    /// <param name="section">The section that the class is read from.</param>
    /// <param name="read">Reads it. What it gives for an empty configuration are the defaults.</param>
    /// <param name="names">The names that a property which is a dictionary knows.</param>
    public SettingSchema Add(string section, Func<IConfiguration, object> read, params string[] names)
    {
        _sections.Add((section, read));
        AddProperties(section, read(Nothing), names);
        return this;
    }

    /// <summary>Adds a check of keys that others read.</summary>
    /// <param name="faults">One sentence for each fault; none for an empty configuration.</param>
    public SettingSchema Add(Func<IConfiguration, IEnumerable<string>> faults)
    {
        _others.Add(faults);
        return this;
    }

    /// <summary>Everything that is wrong with these settings, at once.</summary>
    public SettingReport Check(IConfiguration configuration)
    {
        var (faults, warnings) = (new List<string>(), new List<string>());
        var faulty = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var section in _keys.Keys.Select(key => key.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal))
        {
            foreach (var (path, value) in configuration.GetSection(section).AsEnumerable().Where(pair => pair.Value is not null).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                if (Find(path) is not { } key)
                {
                    warnings.Add($"{Shown(path)} is not known and changes nothing{(Nearest(path) is { } nearest ? $"; did you mean {Shown(nearest)}?" : ".")}");
                }
                // An empty text is how an environment variable is taken away.
                else if (value!.Length > 0 && key.FaultOf(value.Trim()) is { } fault)
                {
                    faults.Add($"{Shown(path)} {fault}");
                    faulty.Add(section);
                }
            }
        }

        // What holds between keys is asked only where each by itself can be read.
        foreach (var (_, read) in _sections.Where(section => !faulty.Contains(section.Section.Split(':')[0])))
        {
            if (read(configuration) is IValidatableObject options)
            {
                faults.AddRange(options.Validate(new ValidationContext(options)).Select(fault => fault.ErrorMessage!));
            }
        }

        faults.AddRange(_others.SelectMany(other => other(configuration)));
        return new SettingReport(faults, warnings);
    }

    private void AddProperties(string path, object options, string[] names)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true }))
        {
            var value = property.GetValue(options);
            if (property.PropertyType.IsAssignableTo(typeof(IReadOnlyDictionary<string, Uri>)))
            {
                foreach (var name in names)
                {
                    _keys[$"{path}:{property.Name}:{name}"] = new SettingKey($"{path}:{property.Name}:{name}", typeof(KeyValuePair<string, Uri>).GetProperty("Value")!, null);
                }
            }
            else if (value is not null && property.PropertyType.Assembly == typeof(SettingSchema).Assembly && property.PropertyType.IsClass)
            {
                AddProperties($"{path}:{property.Name}", value, names);
            }
            else
            {
                _keys.TryAdd($"{path}:{property.Name}", new SettingKey($"{path}:{property.Name}", property, value));
            }
        }
    }

    // A list's items are the keys Name:0, Name:1 …
    private SettingKey? Find(string path) =>
        _keys.TryGetValue(path, out var key) ? key
        : path.LastIndexOf(':') is > 0 and var colon && int.TryParse(path.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && _keys.TryGetValue(path[..colon], out var list) && list.IsList ? list : null;

    private string? Nearest(string path)
    {
        var text = path.Length > 200 ? path[..200] : path;
        var (distance, nearest) = _keys.Keys.Select(key => (Distance(text.ToUpperInvariant(), key.ToUpperInvariant()), key)).Min();
        return distance <= Math.Max(2, text.Length / 4) ? nearest : null;
    }

    // Levenshtein's.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }

    // As an environment variable, which is how most are set.
    private static string Shown(string path) => DisplayText.Sanitise(path.Replace(":", "__", StringComparison.Ordinal), 200);
}

/// <param name="Faults">Why the dashboard does not start: one sentence for each value that can't be.</param>
/// <param name="Warnings">Keys that nobody reads, each with the nearest that somebody does.</param>
public sealed record SettingReport(IReadOnlyList<string> Faults, IReadOnlyList<string> Warnings)
{
    /// <exception cref="StartupException">There are faults; it names all of them.</exception>
    public void ThrowIfFaulty()
    {
        if (Faults.Count > 0)
        {
            throw new StartupException(string.Join(Environment.NewLine, Faults.Concat(Warnings).Prepend("Nothing was started, since the configuration can't be right:")));
        }
    }
}
