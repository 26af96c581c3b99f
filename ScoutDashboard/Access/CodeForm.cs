using System.ComponentModel.DataAnnotations;

namespace ScoutDashboard.Access;

/// <summary>What a person types as the second step of signing in.</summary>
public sealed class CodeForm
{
    [Required(ErrorMessage = "Enter the code.")]
    [StringLength(40, ErrorMessage = "A code has at most 40 characters.")]
    public string Code { get; set; } = "";
}
