using ScoutDashboard.Data;

namespace ScoutDashboard.Exceptions;

/// <summary>
/// An organization's exceptions at one moment: tells of each finding which of them applies, and of the others on its vulnerability why they don't. Pages, counts, exports
/// and the command line all ask here, so that none can differ from another.
/// </summary>
public sealed class ExceptionSet
{
    private readonly Dictionary<string, List<ExceptionRule>> _byName = new(StringComparer.Ordinal);
    private readonly DateTime _now;

    /// <param name="exceptions">With their names.</param>
    /// <param name="now">UTC.</param>
    public ExceptionSet(IEnumerable<ExceptionRule> exceptions, DateTime now)
    {
        _now = now;
        foreach (var rule in exceptions)
        {
            foreach (var name in rule.Names)
            {
                if (!_byName.TryGetValue(name, out var rules))
                {
                    _byName.Add(name, rules = []);
                }

                rules.Add(rule);
            }
        }
    }

    public bool IsEmpty => _byName.Count == 0;

    /// <summary>Every name of every vulnerability that one of them is for.</summary>
    public IReadOnlyCollection<string> Names => _byName.Keys;

    /// <summary>The repositories that some of them are only for, by login server and name.</summary>
    public IReadOnlySet<(string Registry, string Repository)> Repositories =>
        _byName.Values.SelectMany(rules => rules).Where(rule => rule.Repository is not null).Select(rule => (rule.Registry!, rule.Repository!)).ToHashSet();

    /// <summary>The one that applies, or null. Of several the narrowest, then the newest.</summary>
    public ExceptionRule? Find(ExceptionSubject subject) => Naming(subject.Names).FirstOrDefault(rule => Miss(rule, subject, _now) is null);

    /// <summary>Which applies, and why the others on this vulnerability don't.</summary>
    public ExceptionVerdict Judge(ExceptionSubject subject)
    {
        ExceptionRule? applied = null;
        var missed = new List<MissedException>();
        foreach (var rule in Naming(subject.Names))
        {
            if (Miss(rule, subject, _now) is { } why)
            {
                missed.Add(new MissedException(rule, why));
            }
            else
            {
                applied ??= rule;
            }
        }

        return new ExceptionVerdict(applied, missed);
    }

    /// <summary>Those on a vulnerability, whether or not they apply anywhere.</summary>
    /// <param name="names">All names of it, see <see cref="ExceptionNaming.NamesOfAsync"/>.</param>
    public IReadOnlyList<ExceptionRule> On(IEnumerable<string> names) => [.. Naming(names)];

    private IEnumerable<ExceptionRule> Naming(IEnumerable<string> names) =>
        names.SelectMany(name => _byName.GetValueOrDefault(name, [])).Distinct().OrderBy(rule => rule.Scope).ThenBy(rule => rule.Package is null).ThenByDescending(rule => rule.Id);

    // What would stay so if it were renewed comes first: that is what a person can't mend by a new date.
    private static ExceptionMiss? Miss(ExceptionRule rule, ExceptionSubject subject, DateTime now)
    {
        if (rule.Repository is not null && (rule.Registry != subject.Place.Registry || rule.Repository != subject.Place.Repository))
        {
            return ExceptionMiss.OtherRepository;
        }

        if (rule.Digest is not null && rule.Digest != subject.Place.Digest)
        {
            return ExceptionMiss.OtherImage;
        }

        if (rule.Package is not null && rule.Package != PackageScope.Of(subject.Purl))
        {
            return ExceptionMiss.OtherPackage;
        }

        return ExceptionStates.Of(rule, now) switch
        {
            ExceptionState.Ended => ExceptionMiss.Ended,
            ExceptionState.Expired => ExceptionMiss.Expired,
            _ => null,
        };
    }
}

/// <summary>What exceptions say of a finding: the one that applies, or null, and those that would if something were otherwise.</summary>
public sealed record ExceptionVerdict(ExceptionRule? Applied, IReadOnlyList<MissedException> Missed)
{
    public static readonly ExceptionVerdict None = new(null, []);
}

/// <summary>An exception on the same vulnerability that does not apply, and why.</summary>
public sealed record MissedException(ExceptionRule Rule, ExceptionMiss Why);

/// <summary>Why an exception does not apply to a finding.</summary>
public enum ExceptionMiss { OtherRepository, OtherImage, OtherPackage, Ended, Expired }
