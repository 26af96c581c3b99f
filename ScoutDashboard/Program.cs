using ScoutDashboard;
using ScoutDashboard.Access;
using ScoutDashboard.Advisories;
using ScoutDashboard.Analysis;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Integrations;
using ScoutDashboard.Jobs;
using ScoutDashboard.Registry;
using ScoutDashboard.Reports;
using ScoutDashboard.Repositories;
using ScoutDashboard.Webhook;

var builder = WebApplication.CreateBuilder(args);
var dataDirectory = ScoutPaths.DataDirectory(builder.Configuration);

builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddLocalization();
builder.Services.AddScoutData(Path.Combine(dataDirectory, "scout.db"));
builder.Services.AddScoutAccess();
builder.Services.AddScoutRegistry(builder.Configuration);
builder.Services.AddScoutIntegrations(builder.Configuration);
builder.Services.AddScoutAnalysis(builder.Configuration);
builder.Services.AddScoutAdvisories(builder.Configuration);
builder.Services.AddScoutFindings();
builder.Services.AddScoutJobs(builder.Configuration);
builder.Services.AddScoutRepositories(builder.Configuration);
builder.Services.AddScoutWebhook(builder.Configuration);
builder.Services.AddScoutReports();

var app = builder.Build();
await DataServices.MigrateAsync(app.Services, CancellationToken.None);

app.MapScoutAccess();
app.MapScoutIntegrations();
app.MapScoutWebhook();
app.MapScoutReports();

await app.RunAsync();
