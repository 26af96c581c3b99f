using ScoutDashboard.Reports;

namespace ScoutDashboard.Tests.Reports;

public sealed class SafeMarkdownTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<iframe src='https://evil.example'></iframe>")]
    [InlineData("<a href='javascript:alert(1)'>x</a>")]
    [InlineData("<svg><script>alert(1)</script></svg>")]
    [InlineData("a\n\n<style>body{display:none}</style>\n\nb")]
    public void RawHtmlBecomesText(string markdown)
    {
        var html = SafeMarkdown.Render(markdown).Value;

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<iframe", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<a ", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<svg", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<style", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](JaVaScRiPt:alert(1))")]
    [InlineData("[x](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("[x](vbscript:msgbox)")]
    [InlineData("[x](file:///etc/passwd)")]
    [InlineData("[x](/integrations/acr)")]
    [InlineData("[x](//evil.example/)")]
    [InlineData("[x](&#106;avascript:alert(1))")]
    [InlineData("<javascript:alert(1)>")]
    public void LinksThatAreNotAbsoluteHttpLoseTheirTarget(string markdown) =>
        Assert.DoesNotContain("href", SafeMarkdown.Render(markdown).Value, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void HttpLinksOpenApartWithoutTellingWhereTheyComeFrom() => Assert.Equal(
        "<p><a href=\"https://nvd.nist.gov/vuln\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">NVD</a></p>\n", SafeMarkdown.Render("[NVD](https://nvd.nist.gov/vuln)").Value);

    [Fact]
    public void ImagesAreNeverLoaded() => Assert.DoesNotContain("evil", SafeMarkdown.Render("![x](https://evil.example/pixel.png)").Value, StringComparison.Ordinal);

    [Fact]
    public void FormattingAndTablesSurvive()
    {
        var html = SafeMarkdown.Render("# Impact\n\n**bad** `code`\n\n- one\n\n| a | b |\n|---|---|\n| 1 | 2 |\n").Value;

        Assert.Contains("<h1>Impact</h1>", html, StringComparison.Ordinal);
        Assert.Contains("<strong>bad</strong> <code>code</code>", html, StringComparison.Ordinal);
        Assert.Contains("<li>one</li>", html, StringComparison.Ordinal);
        Assert.Contains("<td>2</td>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void BidirectionalTrickeryIsMadeVisible() =>
        Assert.Contains("\\u202e", SafeMarkdown.Render("safe\u202Eexe").Value, StringComparison.Ordinal);
}
