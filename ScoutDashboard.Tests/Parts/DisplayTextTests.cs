using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Parts;

public sealed class DisplayTextTests
{
    [Theory]
    [InlineData("a plain 'text' <b> & ~", "a plain 'text' <b> & ~")]
    [InlineData("Zoë 漢字 😀", "Zoë 漢字 😀")]
    [InlineData("❤\ufe0f", "❤\ufe0f")]
    [InlineData("a\u0000\u001b[31m\n", "a\\u0000\\u001b[31m\\u000a")]
    [InlineData("a\u202eb\u2066c\u200dd\ufeff", "a\\u202eb\\u2066c\\u200dd\\ufeff")]
    [InlineData("a\u2028b\u2029", "a\\u2028b\\u2029")]
    [InlineData("a\U000e0001\U000e0041b", "a\\u{e0001}\\u{e0041}b")]
    [InlineData("a\U000e0100b", "a\\u{e0100}b")]
    [InlineData("a\U0001d173b", "a\\u{1d173}b")]
    [InlineData("a\u3164b\uffa0\u115f\u034f", "a\\u3164b\\uffa0\\u115f\\u034f")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void WhatCanNotBeSeenOrTurnsTextAroundBecomesVisible(string? text, string shown) => Assert.Equal(shown, DisplayText.Sanitise(text));

    // Not as attributes: a compiler writes lone surrogates of those as other characters.
    [Fact]
    public void HalfACharacterBecomesVisible()
    {
        Assert.Equal("a\\ud83db", DisplayText.Sanitise("a\ud83db"));
        Assert.Equal("\\ude00", DisplayText.Sanitise("\ude00"));
        Assert.Equal("\\ude00\\ud83d", DisplayText.Sanitise("\ude00\ud83d"));
    }

    [Theory]
    [InlineData(1, "a…")]
    [InlineData(2, "a…")]
    [InlineData(3, "a😀…")]
    [InlineData(4, "a😀b")]
    [InlineData(0, "…")]
    public void ACutNeverPartsACharacter(int maxLength, string shown) => Assert.Equal(shown, DisplayText.Sanitise("a😀b", maxLength));
}
