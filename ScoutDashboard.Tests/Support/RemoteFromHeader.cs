using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace ScoutDashboard.Tests.Support;

/// <summary>Gives requests the address that they say: connections of the test server come from nowhere.</summary>
internal sealed class RemoteFromHeader : IStartupFilter
{
    private const string Header = "Test-Remote";

    /// <summary>A browser at that address.</summary>
    public static HttpClient From(ScoutApp app, string remote)
    {
        var browser = app.Browser();
        browser.DefaultRequestHeaders.Add(Header, remote);
        return browser;
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, rest) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.TryParse(context.Request.Headers[Header], out var address) ? address : null;
            return rest(context);
        });
        next(app);
    };
}
