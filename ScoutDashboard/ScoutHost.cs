using System.Globalization;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.RateLimiting;
using MudBlazor.Services;
using ScoutDashboard.Access;
using ScoutDashboard.Integrations;
using ScoutDashboard.Operations;
using ScoutDashboard.Parts;

namespace ScoutDashboard;

/// <summary>The web host around the rooms: address, limits, keys, headers, pages.</summary>
public static class ScoutHost
{
    // Docker kills a container 10 seconds after it asked it to stop.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);

    public static void ConfigureScoutHost(this WebApplicationBuilder builder, string dataDirectory)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[WebHostDefaults.ServerUrlsKey]) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(OwnAddress.Default);
        }

        // "dotnet run" without launch settings is the production environment, which would look for published files only.
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 2 * 1024 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });

        // Addresses hold secrets (set-up link, webhook and template keys), so requests are never logged, whatever the configuration says.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        // A host that can't start throws; what Main prints about it is enough. Faults of background services are critical and stay.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // What a check finds is asked for: by a probe each few seconds, and by the System page.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
        // Keys lie in the data folder, which only its owner can read.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);

        builder.Services.AddScoutKeys(dataDirectory, ScoutOptions.Read(builder.Configuration));
        // All at once: none waits for another's last step. What has not handed back its work by then is recovered at the next start.
        builder.Services.Configure<HostOptions>(options => (options.ShutdownTimeout, options.ServicesStopConcurrently) = (StopLimit, true));
        builder.Services.AddLocalization();
        builder.Services.AddMudServices();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "scout-antiforgery";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        builder.Services.AddRateLimiter(LimitRates);
        builder.Services.AddHostedService<ConsoleGreeting>();
        builder.Services.AddSingleton<TrustedProxies>();
        builder.Services.Configure<ForwardedHeadersOptions>(options => TrustedProxies.Configure(options, builder.Configuration));
        builder.Services.Configure<IdentityPasskeyOptions>(options => PasskeyOrigin.Configure(options, PublicUrl.Read(builder.Configuration).Address));
        builder.Services.AddSingleton(HostNames.Read(builder.Configuration));
    }

    /// <summary>Logs the settings that nobody reads.</summary>
    public static void TellSettings(this WebApplication app, SettingReport settings)
    {
        foreach (var warning in settings.Warnings)
        {
            app.Logger.LogWarning("Configuration: {Warning}", warning);
        }
    }

    /// <summary>Logs what of the data folder others can read or change.</summary>
    public static void TellOpen(this WebApplication app, IReadOnlyList<string> open)
    {
        foreach (var sentence in open)
        {
            app.Logger.LogWarning("Data folder: {Sentence}", sentence);
        }
    }

    public static void UseScoutHost(this WebApplication app)
    {
        var names = app.Services.GetRequiredService<HostNames>();
        if (names.IsAny)
        {
            app.Logger.LogWarning("Any host name is answered: set Scout:PublicUrl or AllowedHosts, so that pages of others can't reach this dashboard by a name of theirs.");
        }

        app.UseForwardedHeaders();
        app.Use(app.Services.GetRequiredService<TrustedProxies>().ApplyAsync);
        app.Use(SecurityHeaders.ApplyAsync);
        app.Use(names.ApplyAsync);
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            // What the request itself did wrong, e.g. by its size, is its own status.
            StatusCodeSelector = exception => exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
            ExceptionHandler = context => context.Response.WriteAsync("ScoutDashboard could not answer this request. The reason is in the server's log.", context.RequestAborted),
        });

        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(AnswerProgramsPlainly);
        app.UseWayBackLimit();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }

    /// <summary>Runs until the process is told to end.</summary>
    /// <exception cref="StartupException">It can't listen: another program has the address, it is not this machine's, or https has no certificate.</exception>
    public static async Task RunScoutHostAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (RemedyOf(exception) is { } remedy)
        {
            // The background services run already; they must end before what they use does.
            await app.StopAsync();
            throw new StartupException($"{exception.Message.Split('\n')[0].TrimEnd()} {remedy}", exception);
        }

        await app.WaitForShutdownAsync();
    }

    private const string OtherAddress = "ASPNETCORE_URLS (or --urls) must name addresses of this machine that it may listen on, e.g. http://localhost:5080.";

    // Of what keeps the server from listening; null where it is something else.
    private static string? RemedyOf(Exception exception) => exception switch
    {
        IOException { InnerException: AddressInUseException } => "Stop the other program, or choose another address, e.g. --urls http://localhost:5081.",
        SocketException => OtherAddress,
        InvalidOperationException { TargetSite.DeclaringType.FullName: "Microsoft.AspNetCore.Hosting.ListenOptionsHttpsExtensions" } =>
            "Name a certificate by Kestrel__Certificates__Default__Path and Kestrel__Certificates__Default__Password, or listen on http behind a proxy that speaks https.",
        InvalidOperationException { TargetSite.DeclaringType.Namespace: { } space } when space.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) => OtherAddress,
        _ => null,
    };

    private static void LimitRates(RateLimiterOptions options)
    {
        ExportLimit.Add(options);
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = (context, cancellationToken) =>
        {
            if (context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after))
            {
                context.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            // No page for whoever is signed in takes the place of what is said here.
            if (context.HttpContext.Features.Get<IStatusCodePagesFeature>() is { } pages)
            {
                pages.Enabled = false;
            }

            return new ValueTask(context.HttpContext.Response.WriteAsync("Too many requests. Wait a minute, then try again.", cancellationToken));
        };
    }

    // Only a person who opens an address gets the page that says it does not exist; programs get the bare status.
    private static Task AnswerProgramsPlainly(HttpContext context, RequestDelegate next)
    {
        var wantsPage = HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        if (!wantsPage && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
        {
            pages.Enabled = false;
        }

        return next(context);
    }
}
