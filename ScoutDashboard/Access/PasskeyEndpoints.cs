using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;

namespace ScoutDashboard.Access;

/// <summary>What the pages' script asks for: challenges, and what becomes of the answers. Each is a form with the page's antiforgery token.</summary>
public static class PasskeyEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        Add(endpoints, "/sign-in/passkey/options", SignInLimit.WayPolicy, BeginSignInAsync).AllowAnonymous();
        Add(endpoints, "/sign-in/passkey", SignInLimit.Policy, SignInAsync).AllowAnonymous();
        Add(endpoints, "/settings/passkeys/options", SignInLimit.Policy, BeginCreationAsync);
        Add(endpoints, "/settings/passkeys", SignInLimit.Policy, CreateAsync);
    }

    private static RouteHandlerBuilder Add(IEndpointRouteBuilder endpoints, string path, string limit, Func<HttpContext, IFormCollection, Task<IResult>> answer) => endpoints.MapPost(
        path, async (HttpContext http, IAntiforgery antiforgery) => await antiforgery.IsRequestValidAsync(http) && http.Request.HasFormContentType
            ? await answer(http, await http.Request.ReadFormAsync(http.RequestAborted)) : Results.BadRequest()).RequireRateLimiting(limit).WithMetadata(new RequestSizeLimitAttribute(SignInLimit.MaxFormBytes));

    private static async Task<IResult> BeginSignInAsync(HttpContext http, IFormCollection form) =>
        await Get<PasskeySignIn>(http).BeginAsync() is { } options ? Results.Text(options, "application/json") : Results.NotFound();

    private static async Task<IResult> SignInAsync(HttpContext http, IFormCollection form) =>
        Told(await Get<PasskeySignIn>(http).TryAsync(form["credential"].ToString()), LocalAddress.OrHome(form["returnUrl"].ToString()));

    private static async Task<IResult> BeginCreationAsync(HttpContext http, IFormCollection form)
    {
        var (outcome, options) = await Get<PasskeyCreation>(http).BeginAsync(form["password"].ToString());
        return options is null ? Told(outcome) : Results.Text(options, "application/json");
    }

    private static async Task<IResult> CreateAsync(HttpContext http, IFormCollection form) => Told(await Get<PasskeyCreation>(http).FinishAsync(form["credential"].ToString(), form["name"].ToString()));

    private static IResult Told(PasskeyOutcome outcome, string? to = null) => Results.Json(
        new { outcome = outcome.ToString(), to }, statusCode: outcome == PasskeyOutcome.Done ? StatusCodes.Status200OK : StatusCodes.Status403Forbidden);

    private static T Get<T>(HttpContext http)
        where T : notnull => http.RequestServices.GetRequiredService<T>();
}
