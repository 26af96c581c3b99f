namespace ScoutDashboard.Parts;

/// <summary>Names the resource of all texts of the interface. The English text is the key, so English needs no file; another language is one <c>UiText.xx.resx</c> beside this one.</summary>
public sealed class UiText;
