using Microsoft.Data.Sqlite;
using ScoutDashboard;
using ScoutDashboard.Access;
using ScoutDashboard.Advisories;
using ScoutDashboard.Analysis;
using ScoutDashboard.Azure;
using ScoutDashboard.Cli;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Findings;
using ScoutDashboard.Integrations;
using ScoutDashboard.Jobs;
using ScoutDashboard.Operations;
using ScoutDashboard.Registry;
using ScoutDashboard.Reports;
using ScoutDashboard.Repositories;
using ScoutDashboard.Retention;
using ScoutDashboard.Webhook;

if (ScoutCommand.Owns(args))
{
    return await ScoutCommand.RunAsync(args, ScoutPaths.Database, configuration => ScoutSettings.Schema.Check(configuration).ThrowIfFaulty(), ScoutShell.Services, ShellConsole.Own);
}

try
{
    // Settings lie beside the program, wherever the user stands when starting it.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    var settings = ScoutSettings.Schema.Check(builder.Configuration);
    // Of all verbs only those that open secrets need the certificates, and ask for them by themselves.
    settings = settings with { Faults = [.. settings.Faults, .. KeyProtection.CertificateFaults(ScoutOptions.Read(builder.Configuration))] };
    settings.ThrowIfFaulty();
    var dataDirectory = ScoutPaths.DataDirectory(builder.Configuration);
    using var claim = ScoutPaths.Claim(dataDirectory);
    RestoreSwap.Recover(dataDirectory);
    var open = ScoutPaths.MakePrivate(dataDirectory);

    builder.ConfigureScoutHost(dataDirectory);
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddScoutData(ScoutPaths.Database(builder.Configuration));
    builder.Services.AddScoutAccess(builder.Configuration);
    builder.Services.AddScoutRegistry(builder.Configuration);
    builder.Services.AddScoutAzure(builder.Configuration);
    builder.Services.AddScoutConsentWay(builder.Configuration);
    builder.Services.AddScoutIntegrations(builder.Configuration);
    builder.Services.AddScoutAnalysis(builder.Configuration);
    builder.Services.AddScoutExceptions();
    builder.Services.AddScoutAdvisories(builder.Configuration, Path.Combine(dataDirectory, "downloads"));
    builder.Services.AddScoutFindings();
    builder.Services.AddScoutJobs(builder.Configuration);
    builder.Services.AddScoutRepositories(builder.Configuration);
    builder.Services.AddScoutWebhook(builder.Configuration);
    builder.Services.AddScoutRetention(builder.Configuration);
    builder.Services.AddScoutReports();
    builder.Services.AddScoutOperations(builder.Configuration, dataDirectory, settings);

    builder.AddScoutTelemetry();

    await using var app = builder.Build();
    try
    {
        await KeyProtection.CheckVaultAsync(app.Services, CancellationToken.None);
        await DataServices.MigrateAsync(app.Services, CancellationToken.None);
    }
    catch (SqliteException exception)
    {
        throw new StartupException($"The database in {dataDirectory} can't be read or written: {exception.Message}", exception);
    }

    app.TellSettings(settings);
    app.TellOpen(open);
    app.UseScoutHost();
    app.MapScoutAccess();
    app.MapScoutConsent();
    app.MapScoutIntegrations();
    app.MapScoutWebhook();
    app.MapScoutReports();
    app.MapScoutOperations();
    app.MapScoutTelemetry();

    await app.RunScoutHostAsync();
    return 0;
}
catch (Exception exception) when (exception is StartupException or NewerSchemaException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
