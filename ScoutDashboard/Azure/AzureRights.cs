namespace ScoutDashboard.Azure;

/// <summary>What an identity may do at one place: the sum of the roles that it has there.</summary>
public sealed record AzureRights(IReadOnlyList<AzurePermission> Permissions)
{
    public bool Allows(string action) => Permissions.Any(permission => permission.Allows(action));
}

/// <summary>One role's actions, which may hold <c>*</c>, and what is taken out of them.</summary>
public sealed record AzurePermission(IReadOnlyList<string> Actions, IReadOnlyList<string> NotActions)
{
    public bool Allows(string action) => Actions.Any(pattern => Matches(pattern, action)) && !NotActions.Any(pattern => Matches(pattern, action));

    // * stands for any text, also with slashes; case does not count (learn: role-definitions).
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> action)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
        {
            return pattern.Equals(action, StringComparison.OrdinalIgnoreCase);
        }

        if (!action.StartsWith(pattern[..star], StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        action = action[star..];
        pattern = pattern[(star + 1)..];
        // Each piece between stars is taken where it stands first; the last one must end the action.
        for (int next; (next = pattern.IndexOf('*')) >= 0; pattern = pattern[(next + 1)..])
        {
            var found = action.IndexOf(pattern[..next], StringComparison.OrdinalIgnoreCase);
            if (found < 0)
            {
                return false;
            }

            action = action[(found + next)..];
        }

        return action.EndsWith(pattern, StringComparison.OrdinalIgnoreCase);
    }
}
