using System.ComponentModel.DataAnnotations;

namespace ScoutDashboard.Access;

/// <summary>What a person types to get an account.</summary>
public class JoinForm
{
    [Required(ErrorMessage = "Enter a name for the account.")]
    [StringLength(100, ErrorMessage = "A name has at most 100 characters.")]
    public string Name { get; set; } = "";

    [Required(ErrorMessage = "Enter a password.")]
    [StringLength(200, MinimumLength = PasswordRules.MinimumLength, ErrorMessage = "A password has 12 to 200 characters.")]
    public string Password { get; set; } = "";

    [Compare(nameof(Password), ErrorMessage = "The two passwords differ.")]
    public string Confirm { get; set; } = "";
}
