using Microsoft.AspNetCore.Identity;
using ScoutDashboard.Data;

namespace ScoutDashboard.Access;

/// <summary>Refuses passwords that guessing finds first: common ones, repeated ones, and those made of the user's or organization's name (NIST SP 800-63B section 3.1.1.2, OWASP ASVS 5.0 6.2.4).</summary>
public sealed class PasswordRules : IPasswordValidator<Account>
{
    /// <summary>Characters a password has at least.</summary>
    public const int MinimumLength = 12;

    private const int ShortestCore = 3;

    // What lists of leaked passwords are made of: words, names and rows of keys, to which people add digits and signs when a form asks for twelve characters; and the 10,000
    // that leaked most of those that are that long (SecLists, 10-million-password-list-top-1000000).
    private static readonly string[] Common = [.. Read("CommonWords.txt").Concat(Read("CommonPasswords.txt")).Select(Letters).Where(core => core.Length >= ShortestCore).Distinct()];

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password)
    {
        var text = password ?? "";
        var letters = Letters(text);
        if (text.Distinct().Count() < 5 || Common.Any(core => IsMostly(letters, core)))
        {
            return Refuse("This password is one of the first that are tried. Use several unrelated words.");
        }

        return IsMostly(letters, Letters(user.UserName ?? "")) || IsMostly(letters, Letters(user.Organization?.Name ?? ""))
            ? Refuse("This password is close to your name or the organization's. Use several unrelated words.")
            : Task.FromResult(IdentityResult.Success);
    }

    private static string[] Read(string name)
    {
        using var reader = new StreamReader(typeof(PasswordRules).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    // The word once or repeated, with only a few letters, or any digits and signs, around it. Both without their signs.
    private static bool IsMostly(string letters, string core) =>
        core.Length >= ShortestCore && letters.Contains(core, StringComparison.Ordinal) && letters.Replace(core, "", StringComparison.Ordinal).Count(char.IsLetter) < 5;

    private static string Letters(string text) => new([.. text.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    private static Task<IdentityResult> Refuse(string reason) =>
        Task.FromResult(IdentityResult.Failed(new IdentityError { Code = "PasswordGuessable", Description = reason }));
}
