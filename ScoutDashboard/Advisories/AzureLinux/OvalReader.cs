using System.Xml;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.AzureLinux;

/// <summary>
/// Reads definitions of vulnerabilities of rpm packages (OVAL 5.11, oval-definitions and linux-definitions), forward and within bounds; nothing outside the
/// file is ever looked up.
/// </summary>
public sealed class OvalReader
{
    private const int MaxText = 4000;
    private const int MaxDepth = 24;
    private const int MaxEntries = 1_000_000;

    private readonly List<Definition> _definitions = [];
    private readonly Dictionary<string, (string? Object, string? State)> _tests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string? Operation, string Version)> _states = new(StringComparer.Ordinal);
    private readonly char[] _buffer = new char[MaxText];

    // Where the reader is: the entry that is open, and the element in it.
    private Definition? _definition;
    private string? _entry;
    private string? _operation;
    private string _field = "";

    private OvalReader()
    {
    }

    /// <summary>The vulnerabilities of a file; an advisory whose tests can't be followed has no ranges.</summary>
    /// <param name="xml">Read once, forward.</param>
    /// <param name="maxCharacters">Longest that is read.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="FeedException">It is no whole document of that kind.</exception>
    public static async Task<IReadOnlyList<OvalVulnerability>> ReadAsync(Stream xml, long maxCharacters, CancellationToken cancellationToken)
    {
        var settings = new XmlReaderSettings
        {
            Async = true, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = maxCharacters, MaxCharactersFromEntities = 1024,
            IgnoreComments = true, IgnoreProcessingInstructions = true, IgnoreWhitespace = true,
        };
        var oval = new OvalReader();
        try
        {
            using var reader = XmlReader.Create(xml, settings);
            await oval.ReadAsync(reader, cancellationToken);
        }
        catch (XmlException exception)
        {
            throw new FeedException($"The file of OVAL definitions can't be read: {DisplayText.Sanitise(exception.Message, 200)}", exception);
        }

        return oval._definitions.Count > 0 ? oval._definitions.ConvertAll(oval.Resolve) : throw new FeedException("The file holds no OVAL definition of a vulnerability.");
    }

    private async Task ReadAsync(XmlReader reader, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    cancellationToken.ThrowIfCancellationRequested();
                    var isEmpty = reader.IsEmptyElement;
                    Open(reader);
                    if (isEmpty)
                    {
                        Close(reader.LocalName);
                    }

                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    Take(await TextAsync(reader));
                    break;
                case XmlNodeType.EndElement:
                    Close(reader.LocalName);
                    break;
            }
        }
    }

    // The beginning of it, however long it is.
    private async Task<string> TextAsync(XmlReader reader)
    {
        int length = 0, read;
        while (length < _buffer.Length && (read = await reader.ReadValueChunkAsync(_buffer, length, _buffer.Length - length)) > 0)
        {
            length += read;
        }

        return new string(_buffer, 0, length);
    }

    private void Open(XmlReader reader)
    {
        if (reader.Depth > MaxDepth || _definitions.Count + _tests.Count + _objects.Count + _states.Count > MaxEntries)
        {
            throw new FeedException("The file of OVAL definitions is nested too deeply or too long.");
        }

        _field = reader.LocalName;
        switch (reader.LocalName)
        {
            case "definition":
                _definition = reader.GetAttribute("class") == "vulnerability" ? new Definition(reader.GetAttribute("id") ?? "") : null;
                break;
            case "reference" when _definition is not null && reader.GetAttribute("source") is "CVE" or null:
                _definition.Texts.TryAdd("cve", reader.GetAttribute("ref_id") ?? "");
                break;
            case "criteria" when _definition is not null:
                // One flat list is all that these files need; what is nested or turned round is not guessed at.
                _definition.IsUnderstood &= !_definition.HasCriteria && reader.GetAttribute("negate") is null or "false" && reader.GetAttribute("operator") is null or "AND" or "OR";
                (_definition.HasCriteria, _definition.IsAny) = (true, reader.GetAttribute("operator") == "OR");
                break;
            case "criterion" when _definition is not null:
                _definition.IsUnderstood &= reader.GetAttribute("negate") is null or "false";
                _definition.Tests.Add(reader.GetAttribute("test_ref") ?? "");
                break;
            case "extend_definition" when _definition is not null:
                _definition.IsUnderstood = false;
                break;
            case "rpminfo_test":
                // "None exist" and the like would turn the test round.
                _entry = reader.GetAttribute("check") is null or "at least one" or "all" && reader.GetAttribute("check_existence") is null or "at_least_one_exists" ? reader.GetAttribute("id") : null;
                break;
            case "rpminfo_object" or "rpminfo_state":
                _entry = reader.GetAttribute("id");
                break;
            case "object" when _entry is not null:
                _tests[_entry] = (reader.GetAttribute("object_ref"), _tests.GetValueOrDefault(_entry).State);
                break;
            case "state" when _entry is not null:
                _tests[_entry] = (_tests.GetValueOrDefault(_entry).Object, reader.GetAttribute("state_ref"));
                break;
            case "evr":
                _operation = reader.GetAttribute("operation");
                break;
        }
    }

    // A text may come in several pieces.
    private void Take(string text)
    {
        switch (_field)
        {
            case "title" or "patchable" or "advisory_date" or "advisory_id" or "severity" or "description" when _definition is not null:
                _definition.Texts[_field] = Joined(_definition.Texts.GetValueOrDefault(_field), text);
                break;
            case "name" when _entry is not null:
                _objects[_entry] = Joined(_objects.GetValueOrDefault(_entry), text);
                break;
            case "evr" when _entry is not null:
                _states[_entry] = (_operation, Joined(_states.GetValueOrDefault(_entry).Version, text));
                break;
        }
    }

    private static string Joined(string? before, string text) => before?.Length + text.Length > MaxText ? before! : before + text;

    private void Close(string name)
    {
        _field = "";
        if (name == "definition" && _definition is not null)
        {
            _definitions.Add(_definition);
            _definition = null;
        }
        else if (name is "rpminfo_test" or "rpminfo_object" or "rpminfo_state")
        {
            _entry = null;
        }
    }

    private OvalVulnerability Resolve(Definition definition)
    {
        string? Text(string name) => definition.Texts.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;
        return new OvalVulnerability(definition.Id, Text("advisory_id"), Text("cve"), Text("title"), Text("description"), Text("severity"), Text("patchable"), Text("advisory_date"), RangesOf(definition));
    }

    // All tests of a list are about one package: together they are its bounds, or each is a range.
    private IReadOnlyList<OvalRange> RangesOf(Definition definition)
    {
        var bounds = definition.Tests.ConvertAll(BoundOf);
        if (!definition.IsUnderstood || bounds.Count == 0 || bounds.Exists(bound => bound is null) || bounds.Select(bound => bound!.Package).Distinct().Count() > 1)
        {
            return [];
        }

        if (definition.IsAny)
        {
            return [.. bounds.OfType<OvalRange>()];
        }

        var (lower, upper) = (bounds.FindAll(bound => bound!.Above is not null), bounds.FindAll(bound => bound!.Above is null));
        return lower.Count <= 1 && upper.Count <= 1 ? [(upper.FirstOrDefault() ?? lower[0])! with { Above = lower.FirstOrDefault()?.Above }] : [];
    }

    private OvalRange? BoundOf(string test)
    {
        if (!_tests.TryGetValue(test, out var references) || references is not { Object: { } thing, State: { } state } || !_objects.TryGetValue(thing, out var package) || !_states.TryGetValue(state, out var told)
            || package.Trim() is not { Length: > 0 and <= 200 } name || told.Version.Trim() is not { Length: > 0 and <= 200 } version)
        {
            return null;
        }

        return told.Operation switch
        {
            "less than" => new OvalRange(name, Above: null, Below: version, UpTo: null),
            "less than or equal" => new OvalRange(name, Above: null, Below: null, UpTo: version),
            "greater than" => new OvalRange(name, Above: version, Below: null, UpTo: null),
            _ => null,
        };
    }

    private sealed record Definition(string Id)
    {
        public Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);
        public List<string> Tests { get; } = [];
        public bool HasCriteria { get; set; }
        public bool IsAny { get; set; }
        public bool IsUnderstood { get; set; } = true;
    }
}

/// <summary>One definition; texts as written, at most 4,000 characters, null where absent.</summary>
/// <param name="Id">E.g. <c>oval:com.microsoft.azurelinux:def:42064</c>.</param>
/// <param name="Ranges">Of the versions that it is about; empty where its tests can't be followed.</param>
public sealed record OvalVulnerability(
    string Id, string? AdvisoryId, string? Cve, string? Title, string? Description, string? Severity, string? Patchable, string? AdvisoryDate, IReadOnlyList<OvalRange> Ranges);

/// <summary>Versions of one package: all above one, below another, or up to and with another; a bound that is null does not bound.</summary>
public sealed record OvalRange(string Package, string? Above, string? Below, string? UpTo);
