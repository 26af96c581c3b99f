using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

/// <summary>The application, and what a page's script asks of it for passkeys.</summary>
public abstract class PasskeyRig : SecondStepRig
{
    /// <summary>Adds the authenticator's passkey in a browser that is signed in; returns what became of it.</summary>
    protected static async Task<string> AddAsync(HttpClient browser, SoftAuthenticator device, string? password = null, string name = "phone")
    {
        var options = await AskAsync(browser, "/settings/account", "/settings/passkeys/options", new() { ["password"] = password ?? ScoutApp.Password });
        return options["outcome"] is { } outcome ? (string)outcome!
            : (string)(await AskAsync(browser, "/settings/account", "/settings/passkeys", new() { ["credential"] = device.Create(options), ["name"] = name }))["outcome"]!;
    }

    /// <summary>Signs in by it; returns what became of it and where that leads.</summary>
    protected static async Task<(string Outcome, string? To)> SignInAsync(HttpClient browser, SoftAuthenticator device, string returnUrl = "/")
    {
        var told = await AnswerAsync(browser, device.Sign(await ChallengeAsync(browser)), returnUrl);
        return ((string)told["outcome"]!, (string?)told["to"]);
    }

    protected static Task<JsonNode> ChallengeAsync(HttpClient browser) => AskAsync(browser, "/sign-in", "/sign-in/passkey/options", []);

    protected static Task<JsonNode> AnswerAsync(HttpClient browser, string credential, string returnUrl = "/") =>
        AskAsync(browser, "/sign-in", "/sign-in/passkey", new() { ["credential"] = credential, ["returnUrl"] = returnUrl });

    protected static async Task<JsonNode> AskAsync(HttpClient browser, string page, string address, Dictionary<string, string> fields)
    {
        fields["__RequestVerificationToken"] = ScoutApp.HiddenFields(await browser.GetStringAsync(page))["__RequestVerificationToken"];
        using var answer = await browser.PostAsync(address, new FormUrlEncodedContent(fields));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
