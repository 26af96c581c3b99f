using Microsoft.AspNetCore.Identity;
using ScoutDashboard.Data;

namespace ScoutDashboard.Access;

/// <summary>Refuses passwords that guessing finds first: common ones, repeated ones, and those made of the user's or organization's name (NIST SP 800-63B section 3.1.1.2).</summary>
public sealed class PasswordRules : IPasswordValidator<Account>
{
    /// <summary>Characters a password has at least.</summary>
    public const int MinimumLength = 12;

    // What lists of leaked passwords are made of: words, names and rows of keys, to which people add digits and signs when a form asks for twelve characters.
    private static readonly string[] Common = ReadCommon();

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password)
    {
        var text = password ?? "";
        if (text.Distinct().Count() < 5 || Common.Any(common => IsMostly(text, common)))
        {
            return Refuse("This password is one of the first that are tried. Use several unrelated words.");
        }

        return IsMostly(text, user.UserName) || IsMostly(text, user.Organization?.Name)
            ? Refuse("This password is close to your name or the organization's. Use several unrelated words.")
            : Task.FromResult(IdentityResult.Success);
    }

    private static string[] ReadCommon()
    {
        using var reader = new StreamReader(typeof(PasswordRules).Assembly.GetManifestResourceStream("CommonWords.txt")!);
        return reader.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    // The word once or repeated, with only a few letters, or any digits and signs, around it.
    private static bool IsMostly(string password, string? word)
    {
        var core = Letters(word ?? "");
        if (core.Length < 3)
        {
            return false;
        }

        var rest = Letters(password).Replace(core, "", StringComparison.Ordinal);
        return rest.Length < Letters(password).Length && rest.Count(char.IsLetter) < 5;
    }

    private static string Letters(string text) => new([.. text.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    private static Task<IdentityResult> Refuse(string reason) =>
        Task.FromResult(IdentityResult.Failed(new IdentityError { Code = "PasswordGuessable", Description = reason }));
}
