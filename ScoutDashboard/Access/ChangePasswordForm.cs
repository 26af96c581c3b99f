using System.ComponentModel.DataAnnotations;

namespace ScoutDashboard.Access;

/// <summary>What a person types to change the password.</summary>
public sealed class ChangePasswordForm
{
    [Required(ErrorMessage = "Enter your current password.")]
    [StringLength(200, ErrorMessage = "A password has at most 200 characters.")]
    public string Current { get; set; } = "";

    [Required(ErrorMessage = "Enter a password.")]
    [StringLength(200, MinimumLength = PasswordRules.MinimumLength, ErrorMessage = "A password has 12 to 200 characters.")]
    public string Password { get; set; } = "";

    [Compare(nameof(Password), ErrorMessage = "The two passwords differ.")]
    public string Confirm { get; set; } = "";
}
