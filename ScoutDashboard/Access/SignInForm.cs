using System.ComponentModel.DataAnnotations;

namespace ScoutDashboard.Access;

/// <summary>What a person types to sign in.</summary>
public sealed class SignInForm
{
    [Required(ErrorMessage = "Enter your name.")]
    [StringLength(100, ErrorMessage = "A name has at most 100 characters.")]
    public string Name { get; set; } = "";

    [Required(ErrorMessage = "Enter your password.")]
    [StringLength(200, ErrorMessage = "A password has at most 200 characters.")]
    public string Password { get; set; } = "";

    public bool Remember { get; set; }
}
