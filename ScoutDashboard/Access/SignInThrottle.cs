using System.Security.Cryptography;
using System.Text;

namespace ScoutDashboard.Access;

/// <summary>
/// Slows guessing down by name and network instead of locking accounts: a stranger who guesses locks out their own network, never the person. Names that nobody has count like others,
/// so that the answer does not tell them. Kept in memory; names only as hashes, for people type passwords there.
/// </summary>
public sealed class SignInThrottle(TimeProvider clock)
{
    /// <summary>Wrong tries for one name from one network, within <see cref="Minutes"/>.</summary>
    public const int TriesFromOneNetwork = 5;

    /// <summary>Wrong tries for one name from anywhere, within <see cref="Minutes"/>; then only networks are heard where the person is signed in.</summary>
    public const int TriesFromAnywhere = 25;

    /// <summary>How long tries count, from the first.</summary>
    public const int Minutes = 15;

    private const int MaxKept = 100_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(Minutes);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Tries> _tries = new(StringComparer.Ordinal);

    /// <summary>Counts a try before its password is looked at, so that many at once are no more than one after the other.</summary>
    /// <param name="name">As accounts are looked up by it (<c>NormalizedUserName</c>): other spellings would count anew.</param>
    /// <param name="network">See <c>ClientNetwork</c>.</param>
    public Turn Begin(string name, string network)
    {
        lock (_gate)
        {
            var (here, anywhere) = (Of(Key(name, network)), Of(Key(name, null)));
            if (here.Count >= TriesFromOneNetwork)
            {
                return Turn.Refused;
            }

            here.Count++;
            return anywhere.Count++ < TriesFromAnywhere ? Turn.Free : Turn.OnlyWhereSignedIn;
        }
    }

    /// <summary>The try was not wrong.</summary>
    public void Forgive(string name, string network)
    {
        lock (_gate)
        {
            _tries.Remove(Key(name, network));
            var anywhere = Of(Key(name, null));
            anywhere.Count = Math.Max(0, anywhere.Count - 1);
        }
    }

    private Tries Of(string key)
    {
        var now = clock.GetUtcNow();
        if (_tries.TryGetValue(key, out var tries) && now - tries.Since < Window)
        {
            return tries;
        }

        if (_tries.Count >= MaxKept)
        {
            Prune(now);
        }

        return _tries[key] = new Tries { Since = now };
    }

    private void Prune(DateTimeOffset now)
    {
        var oldest = _tries.Values.Select(tries => tries.Since).Order().ElementAt(MaxKept / 2);
        foreach (var (key, _) in _tries.Where(pair => pair.Value.Since <= oldest || now - pair.Value.Since >= Window).ToList())
        {
            _tries.Remove(key);
        }
    }

    private static string Key(string name, string? network) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{network ?? "anywhere"}\n{name}")));

    private sealed class Tries
    {
        public int Count { get; set; }
        public DateTimeOffset Since { get; init; }
    }
}

/// <summary>Whether a try is heard.</summary>
public enum Turn { Free, OnlyWhereSignedIn, Refused }
