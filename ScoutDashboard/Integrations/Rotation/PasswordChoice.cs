using ScoutDashboard.Azure;

namespace ScoutDashboard.Integrations.Rotation;

/// <summary>Which of a token's two passwords is made anew: making one ends the one of its name at once, so it is never the one in use.</summary>
/// <param name="Next">Null where either may be in use, and nobody can tell.</param>
/// <param name="InUse">What is known, or follows from there being one that works; null where neither.</param>
public sealed record PasswordChoice(string? Next, string? InUse)
{
    public const string First = "password1";
    public const string Second = "password2";

    /// <param name="inUse">Null where that is not known.</param>
    public static PasswordChoice Of(IReadOnlyList<PasswordEnd> passwords, string? inUse, DateTimeOffset now)
    {
        if (inUse is not null)
        {
            return new PasswordChoice(OtherThan(inUse), inUse);
        }

        // What has ended is in nobody's use.
        var alive = passwords.Where(password => password.Expiry is null || password.Expiry > now).Select(password => password.Name).ToList();
        return alive switch
        {
            [] => new PasswordChoice(First, null),
            [var only] => new PasswordChoice(OtherThan(only), only),
            _ => new PasswordChoice(null, null),
        };
    }

    private static string OtherThan(string name) => name == First ? Second : First;
}
