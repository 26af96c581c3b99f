using ScoutDashboard.Images;
using ScoutDashboard.Analysis.Packages.Zip;

namespace ScoutDashboard.Analysis.Packages.Java;

/// <summary>Walks one Java archive and the archives in it; what one of those hides, or breaks, is a gap and the rest goes on.</summary>
internal sealed class JavaArchive(string path, FormatLimits limits, Lock inflating)
{
    private const int MaxInnerPath = 512;
    private const int MaxGaps = 50;

    private readonly PackageList _packages = new(path, limits);
    private readonly List<ScanGap> _gaps = [];
    private readonly List<string> _nameless = [];
    private readonly ZipBudget _budget = new(limits);
    private int _moreGaps;
    private int _notInflated;

    // Bytes of the inflated archives that are being read, each in the one before.
    private int _held;

    public FileScan Read(ReadOnlySpan<byte> content)
    {
        ReadArchive(content, "", 0);
        if (_nameless.Count > 0)
        {
            var names = DisplayText.Sanitise(string.Join(", ", _nameless.Take(5)), 300);
            Gap(ScanGapKind.Unsupported, "", $"{_nameless.Count} Java archives do not tell what they are, neither by Maven's files nor by a version in name or manifest: {names}.");
        }

        if (_notInflated > 0)
        {
            _gaps.Add(new ScanGap(ScanGapKind.Limit, path, $"{_notInflated} more archives in it were not read: what lies in it inflates to more than {limits.ZipInflatedBytes} bytes."));
        }

        if (_moreGaps > 0)
        {
            _gaps.Add(new ScanGap(ScanGapKind.Limit, path, $"{_moreGaps} more gaps of this archive are not listed."));
        }

        var scan = _packages.ToScan();
        return _gaps.Count == 0 ? scan : scan with { Gaps = [.. scan.Gaps ?? [], .. _gaps] };
    }

    // `inner` leads from the file to this archive: "!/BOOT-INF/lib/a.jar"; "" for the file itself.
    private void ReadArchive(ReadOnlySpan<byte> content, string inner, int depth)
    {
        var zip = ZipReader.Open(content, _budget);
        var manifest = ReadManifest(zip, inner);
        // A stub that an agent's weaver fills: its classes are another jar's.
        if (manifest["Weave-Classes"] is not null)
        {
            return;
        }

        // What has two names may be read as either: something may be hidden under the other.
        if (zip.Members.Count(member => member.IsDisputed) is var disputed and > 0)
        {
            Gap(ScanGapKind.Malformed, inner, $"{disputed} members have another name in their own headers than in the directory; they were left out.");
        }

        var found = JarIdentity.Of(FileName(inner.Length > 0 ? inner : path), manifest, ReadPoms(zip, inner), zip.Members);
        foreach (var package in found.Packages)
        {
            _packages.Add(inner.Length == 0 ? package : package with { Path = path + inner });
        }

        if (found.IsNameless)
        {
            _nameless.Add(FileName(inner.Length > 0 ? inner : path));
        }

        foreach (var member in zip.Members.Where(member => JavaExtractor.IsArchive(member.Name) && !member.IsDisputed))
        {
            if (_budget.IsSpent)
            {
                _notInflated++;
            }
            else
            {
                ReadNested(zip, member, $"{inner}!/{member.Name}", depth + 1);
            }
        }
    }

    private void ReadNested(ZipReader zip, ZipMember member, string inner, int depth)
    {
        var limit = member.IsStored ? limits.ZipNestedBytes : limits.ZipNestedBytes - _held;
        if (depth > limits.ZipDepth || inner.Length > MaxInnerPath || member.Size > limit)
        {
            Gap(ScanGapKind.Limit, inner, depth > limits.ZipDepth ? $"The archive lies deeper than {limits.ZipDepth} archives." :
                inner.Length > MaxInnerPath ? $"The archive's path is longer than {MaxInnerPath} characters." : $"The archives that lie in each other are larger than {limits.ZipNestedBytes} bytes.");
            return;
        }

        if (member.IsStored || _held > 0)
        {
            ReadMember(zip, member, limit, inner, depth);
        }
        else
        {
            lock (inflating)
            {
                ReadMember(zip, member, limit, inner, depth);
            }
        }
    }

    private void ReadMember(ZipReader zip, ZipMember member, int limit, string inner, int depth)
    {
        var held = member.IsStored ? 0 : (int)member.Size;
        _held += held;
        try
        {
            ReadArchive(zip.Read(member, limit), inner, depth);
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatLimitException)
        {
            Unreadable(inner, exception);
        }
        finally
        {
            _held -= held;
        }
    }

    private JarManifest ReadManifest(ZipReader zip, string inner)
    {
        var member = zip.Members.FirstOrDefault(member => member.Name.Equals(JarManifest.Path, StringComparison.OrdinalIgnoreCase));
        try
        {
            return member is null ? JarManifest.None : JarManifest.Parse(zip.Read(member, limits.ZipTextBytes), limits.LineBytes);
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatLimitException)
        {
            Unreadable($"{inner}!/{JarManifest.Path}", exception);
            return JarManifest.None;
        }
    }

    private List<MavenCoordinates> ReadPoms(ZipReader zip, string inner)
    {
        var found = new List<MavenCoordinates>();
        var properties = new HashSet<string>(StringComparer.Ordinal);
        var poms = zip.Members.Where(member => !member.IsDisputed && IsPom(member.Name)).ToLookup(member => member.FileName == "pom.properties");
        foreach (var member in poms[true])
        {
            if (ReadPom(zip, member, inner, content => Coordinates(JavaProperties.Parse(content))) is { } coordinates)
            {
                found.Add(coordinates);
                properties.Add(Folder(member));
            }
        }

        foreach (var member in poms[false].Where(member => !properties.Contains(Folder(member))))
        {
            if (ReadPom(zip, member, inner, MavenPom.TryParse) is { } coordinates)
            {
                found.Add(coordinates);
                properties.Add(Folder(member));
            }
        }

        for (var missing = poms.SelectMany(members => members).Select(Folder).Distinct().Count(folder => !properties.Contains(folder)); missing > 0; missing--)
        {
            _packages.AddUnreadable();
        }

        return [.. found.Distinct()];
    }

    private delegate MavenCoordinates? Parser(ReadOnlySpan<byte> content);

    private MavenCoordinates? ReadPom(ZipReader zip, ZipMember member, string inner, Parser parse)
    {
        try
        {
            return parse(zip.Read(member, limits.ZipTextBytes));
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatLimitException)
        {
            Unreadable($"{inner}!/{member.Name}", exception);
            return null;
        }
    }

    private static MavenCoordinates? Coordinates(IReadOnlyDictionary<string, string> values) =>
        MavenCoordinates.TryCreate(values.GetValueOrDefault("groupId"), values.GetValueOrDefault("artifactId"), values.GetValueOrDefault("version"));

    // META-INF/maven/<group>/<artifact>/pom.properties, also below a folder of classes.
    private static bool IsPom(string name) => name.AsSpan().IndexOf("/maven/") > 0 && name.Split('/') is [.., "META-INF", "maven", _, _, "pom.properties" or "pom.xml"];

    private static string Folder(ZipMember member) => member.Name[..member.Name.LastIndexOf('/')];

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];

    private void Unreadable(string inner, Exception exception) => Gap(
        exception is FormatLimitException ? ScanGapKind.Limit : ScanGapKind.Malformed, inner, $"This part of the archive could not be read: {exception.Message}");

    private void Gap(ScanGapKind kind, string inner, string reason)
    {
        if (_gaps.Count == MaxGaps)
        {
            _moreGaps++;
            return;
        }

        _gaps.Add(new ScanGap(kind, DisplayText.Sanitise(path + inner, 500), DisplayText.Sanitise(reason, 500)));
    }
}
