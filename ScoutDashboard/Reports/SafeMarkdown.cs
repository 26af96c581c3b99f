using Ganss.Xss;
using Markdig;
using Microsoft.AspNetCore.Components;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>Renders an advisory's Markdown: raw HTML becomes text, only text formatting survives, links are http or https and open apart, nothing is loaded.</summary>
public static class SafeMarkdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseAutoLinks().Build();

    public static MarkupString Render(string markdown)
    {
        var lines = markdown.ReplaceLineEndings("\n").Split('\n').Select(line => DisplayText.Sanitise(line.Replace('\t', ' '), 8192));
        return new MarkupString(Sanitiser().Sanitize(Markdown.ToHtml(string.Join('\n', lines), Pipeline)));
    }

    // The sanitiser is not documented as safe for concurrent use once it has handlers: one for each text.
    private static HtmlSanitizer Sanitiser()
    {
        var sanitiser = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>
            {
                "p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
            },
            AllowedAttributes = new HashSet<string> { "href" },
            AllowedSchemes = new HashSet<string> { "http", "https" },
            UriAttributes = new HashSet<string> { "href" },
        });
        sanitiser.PostProcessNode += (_, node) =>
        {
            if (node.Node is AngleSharp.Html.Dom.IHtmlAnchorElement anchor)
            {
                // A relative link would point into this application.
                if (!Uri.TryCreate(anchor.GetAttribute("href"), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                {
                    anchor.RemoveAttribute("href");
                    return;
                }

                anchor.SetAttribute("rel", "noopener noreferrer nofollow");
                anchor.SetAttribute("target", "_blank");
            }
        };
        return sanitiser;
    }
}
