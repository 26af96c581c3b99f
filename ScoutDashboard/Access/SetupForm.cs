using System.ComponentModel.DataAnnotations;

namespace ScoutDashboard.Access;

/// <summary>What the first administrator types.</summary>
public sealed class SetupForm : JoinForm
{
    [Required(ErrorMessage = "Enter the organization's name.")]
    [StringLength(100, ErrorMessage = "A name has at most 100 characters.")]
    public string Organization { get; set; } = "";
}
