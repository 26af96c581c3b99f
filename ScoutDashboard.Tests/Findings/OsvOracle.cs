namespace ScoutDashboard.Tests.Findings;

/// <summary>
/// The OSV schema's pseudo-code written down as it stands there ("Evaluation"): sort all events, walk them, count limits. What can't be placed is tried in every
/// place: where that changes the answer, nobody can say.
/// </summary>
internal sealed class OsvOracle(OraclePackage package, OracleOrder order)
{
    private static readonly string[] HasModules = ["AlmaLinux", "Rocky Linux", "Red Hat"];

    private readonly Dictionary<OracleRange, Walk> _walks = new(ReferenceEqualityComparer.Instance);

    public OracleAnswer Judge(OracleSaying saying, string version)
    {
        var answer = OracleAnswer.NotAffected;
        foreach (var entry in saying.Record.IsWithdrawn ? [] : saying.Entries)
        {
            if (entry.Versions.Any(listed => IsListed(listed, version)))
            {
                return OracleAnswer.Affected;
            }

            foreach (var range in entry.Ranges.Where(range => range.Type != "GIT"))
            {
                answer = Judge(range, version) is var said && said > answer ? said : answer;
            }
        }

        return answer;
    }

    /// <summary>Whether it is about the version by a range that no event ends.</summary>
    public bool HoldsForEver(OracleSaying saying, string version) => !saying.Record.IsWithdrawn && saying.Entries.Where(entry => !entry.IsEndKnown).SelectMany(entry => entry.Ranges)
        .Any(range => range.Type != "GIT" && Judge(range, version) == OracleAnswer.Affected
            && range.Events.All(boundary => boundary.Kind == OracleEvent.Introduced || boundary.Version == "*" || order.Compare(range.Type, boundary.Version, version) < (boundary.Kind == OracleEvent.LastAffected ? 0 : 1)));

    private bool IsListed(string listed, string version) => listed == version || package.Base switch
    {
        "PyPI" => order.Compare("ECOSYSTEM", listed, version) == 0,
        "Bitnami" => listed == OracleOrder.WithoutRevision(version),
        _ => false,
    };

    private OracleAnswer Judge(OracleRange range, string version)
    {
        if (package.Base == "Packagist" && version.StartsWith("dev-", StringComparison.Ordinal))
        {
            return OracleAnswer.Undecided;
        }

        if (!_walks.TryGetValue(range, out var walk))
        {
            walk = new Walk(range, HasModules.Contains(package.Base), order);
            _walks.Add(range, walk);
        }

        // A package of a module and one of none are no versions of each other; only a release tells which it is.
        if (HasModules.Contains(package.Base) && version.Contains('-') && walk.IsBounded && walk.IsOfModule != version.Contains(".module"))
        {
            return OracleAnswer.NotAffected;
        }

        // Bitnami names a revision of its packaging in few ranges; in the others a version stands for all of its revisions.
        var answer = walk.To(package.Base == "Bitnami" && !walk.NamesRevisions ? OracleOrder.WithoutRevision(version) : version);
        // The stream is told by the build only.
        return answer == OracleAnswer.Affected && walk.IsOfModule && !walk.IsOfBuild(version) ? OracleAnswer.Undecided : answer;
    }

    /// <summary>The events of one range, sorted.</summary>
    private sealed class Walk
    {
        private readonly OracleRange _range;
        private readonly OracleOrder _order;
        private readonly List<OracleEvent> _placed;
        private readonly List<OracleEvent> _unplaced;

        public Walk(OracleRange range, bool hasModules, OracleOrder order)
        {
            (_range, _order) = (range, order);
            var events = range.Events.Where(boundary => boundary.Kind != OracleEvent.Limit).ToList();
            _placed = events.FindAll(boundary => boundary.IsStart || order.Compare(range.Type, boundary.Version, boundary.Version) is not null);
            _unplaced = [.. events.Except(_placed)];
            _placed.Sort((left, right) => (left.IsStart, right.IsStart) switch
            {
                (true, true) => 0,
                (true, false) => -1,
                (false, true) => 1,
                _ => order.Compare(range.Type, left.Version, right.Version) is var side and not 0 ? side!.Value : Array.IndexOf(OracleEvent.Kinds, left.Kind).CompareTo(Array.IndexOf(OracleEvent.Kinds, right.Kind)),
            });
            IsBounded = range.Events.Any(boundary => !boundary.IsStart && boundary.Version != "*");
            IsOfModule = hasModules && range.Events.Any(boundary => boundary.Version.Contains(".module"));
            NamesRevisions = range.Events.Any(boundary => OracleOrder.WithoutRevision(boundary.Version) != boundary.Version);
        }

        public bool IsBounded { get; }

        public bool IsOfModule { get; }

        public bool NamesRevisions { get; }

        public bool IsOfBuild(string version) => Build(version) is { Length: > 0 } build && _range.Events.Any(boundary => Build(boundary.Version) == build);

        public OracleAnswer To(string version)
        {
            var (isVulnerable, isUnsure) = (false, false);
            foreach (var boundary in _placed)
            {
                var side = boundary.IsStart ? 1 : _order.Compare(_range.Type, version, boundary.Version);
                isUnsure |= side is null && (boundary.Kind == OracleEvent.Introduced) != isVulnerable;
                isVulnerable = boundary.Kind switch
                {
                    OracleEvent.Introduced when side >= 0 => true,
                    OracleEvent.Fixed when side >= 0 => false,
                    OracleEvent.LastAffected when side > 0 => false,
                    _ => isVulnerable,
                };
            }

            // One that can't be placed may be the last below the version, and says then what it is.
            isUnsure |= _unplaced.Exists(boundary => (boundary.Kind == OracleEvent.Introduced) != isVulnerable);
            var walked = isUnsure ? OracleAnswer.Undecided : isVulnerable ? OracleAnswer.Affected : OracleAnswer.NotAffected;
            return (OracleAnswer)Math.Min((int)walked, (int)BelowLimits(version));
        }

        private OracleAnswer BelowLimits(string version)
        {
            var answer = OracleAnswer.NotAffected;
            var limits = _range.Events.Where(boundary => boundary.Kind == OracleEvent.Limit).ToList();
            foreach (var limit in limits)
            {
                var below = (limit.Version == "*" ? -1 : _order.Compare(_range.Type, version, limit.Version)) switch { null => OracleAnswer.Undecided, < 0 => OracleAnswer.Affected, _ => OracleAnswer.NotAffected };
                answer = below > answer ? below : answer;
            }

            return limits.Count == 0 ? OracleAnswer.Affected : answer;
        }

        private static string Build(string version) => version.IndexOf(".module", StringComparison.Ordinal) is var at and >= 0 ? version[at..] : "";
    }
}

/// <summary>The answers, in the order in which one outweighs another.</summary>
internal enum OracleAnswer { NotAffected, Undecided, Affected }
