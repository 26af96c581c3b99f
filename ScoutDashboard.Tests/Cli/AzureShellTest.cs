using Microsoft.AspNetCore.Http;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Cli;

/// <summary>A registry that the dashboard's identity sees, and the verbs of a shell.</summary>
public abstract class AzureShellTest : IAsyncLifetime
{
    private protected AzureShellRig _rig = null!;
    private protected string _registry = "";

    private protected ArmWorld World => _rig.Arm.World;

    private protected string Group => _registry[.._registry.IndexOf("/providers/", StringComparison.Ordinal)];

    private protected string Topic => $"{Group}/providers/Microsoft.EventGrid/systemTopics/{AzureNames.SystemTopic}";

    private protected string Token => $"{_registry}/tokens/{AzureNames.Token}";

    public async Task InitializeAsync()
    {
        _rig = await AzureShellRig.CreateAsync();
        _registry = World.AddRegistry("contoso");
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    private protected static (int ExitCode, string Output, string Error) Told(ShellRun run) => (run.ExitCode, run.Output, run.Error);

    private protected void Refuse(string method, string end) => _rig.Arm.Trouble = async context =>
    {
        if (context.Request.Method != method || !context.Request.Path.Value!.EndsWith(end, StringComparison.Ordinal))
        {
            return false;
        }

        context.Response.StatusCode = 403;
        await context.Response.WriteAsync("""{"error":{"code":"AuthorizationFailed","message":"The client does not have authorization."}}""");
        return true;
    };
}
