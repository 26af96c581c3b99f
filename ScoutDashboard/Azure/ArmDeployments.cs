using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Core;

namespace ScoutDashboard.Azure;

/// <summary>Deployments of templates into a registry's resource group. They are found again by name, whatever became of the dashboard meanwhile.</summary>
public sealed class ArmDeployments(ArmHttp http, ArmPages pages, ArmPoller poller)
{
    /// <summary>Starts a deployment, or the same once more; it goes on in Azure.</summary>
    public async Task<Deployment> StartAsync(AzureRegistryId registry, string name, DeploymentBody body, CancellationToken cancellationToken) =>
        Read((await http.SendAsync(RequestMethod.Put, At(registry, name), body.ToJson(), cancellationToken)).Body);

    /// <summary>Waits for the end of a deployment, whoever started it.</summary>
    /// <exception cref="ArmException">It failed, went on for too long, or is not there.</exception>
    public async Task<Deployment> FinishAsync(AzureRegistryId registry, string name, CancellationToken cancellationToken)
    {
        var address = At(registry, name);
        return Read(await poller.FinishAsync(await http.SendAsync(RequestMethod.Get, address, null, cancellationToken), address, cancellationToken));
    }

    /// <summary>Null where there is none of that name.</summary>
    public async Task<Deployment?> FindAsync(AzureRegistryId registry, string name, CancellationToken cancellationToken) =>
        await http.FindAsync(At(registry, name), cancellationToken) is { } found ? Read(found) : null;

    /// <summary>What became of each resource so far.</summary>
    public async Task<IReadOnlyList<DeploymentOperation>> ListOperationsAsync(AzureRegistryId registry, string name, CancellationToken cancellationToken) =>
    [
        .. (await pages.ReadAsync(At(registry, name, "/operations"), cancellationToken)).Select(item => item.Member("properties"))
            // The evaluation of outputs is an operation without a resource.
            .Where(operation => operation.Text("targetResource", "id").Length > 0)
            .Select(operation => new DeploymentOperation(
                operation.Text("targetResource", "id"), operation.Text("targetResource", "resourceType"), operation.Text("provisioningState"), FaultOf(operation.Member("statusMessage")))),
    ];

    /// <summary>What keeps the template from being deployed; null where nothing does.</summary>
    public async Task<ArmFault?> ValidateAsync(AzureRegistryId registry, string name, DeploymentBody body, CancellationToken cancellationToken)
    {
        try
        {
            var result = await poller.FinishAsync(await http.SendAsync(RequestMethod.Post, At(registry, name, "/validate"), body.ToJson(), cancellationToken), null, cancellationToken);
            return FaultOf(result.Member("error") is { ValueKind: JsonValueKind.Object } error ? error : result.Member("properties", "error"));
        }
        catch (ArmException exception) when (exception.Error == ArmError.Refused)
        {
            return new ArmFault(exception.Code, exception.Message);
        }
    }

    /// <summary>What the deployment would change, resource by resource.</summary>
    public async Task<IReadOnlyList<WhatIfChange>> PreviewAsync(AzureRegistryId registry, string name, DeploymentBody body, CancellationToken cancellationToken)
    {
        var result = await poller.FinishAsync(await http.SendAsync(RequestMethod.Post, At(registry, name, "/whatIf"), body.ToJson(), cancellationToken), null, cancellationToken);
        return
        [
            .. result.Items("properties", "changes").Select(change => new WhatIfChange(change.Text("resourceId"), change.Text("changeType"), change.Text("unsupportedReason"))
            {
                Properties = [.. change.Items("delta").Where(property => !property.Text("propertyChangeType").Equals("NoEffect", StringComparison.OrdinalIgnoreCase)).Select(property => property.Text("path"))],
            }),
        ];
    }

    private Uri At(AzureRegistryId registry, string name, string part = "") =>
        http.Endpoint.At($"{registry.GroupPath}/providers/Microsoft.Resources/deployments/{Uri.EscapeDataString(name)}{part}", ArmVersions.Deployments);

    private static Deployment Read(JsonElement item) => new(item.Text("name"), item.Text("properties", "provisioningState"), item.Time("properties", "timestamp"), FaultOf(item.Member("properties", "error")));

    private static ArmFault? FaultOf(JsonElement error) => error.ValueKind == JsonValueKind.Object ? ArmFault.Read(error) : null;
}

/// <summary>A template with the values of its parameters. Real ARM refuses a location beside them in a resource group.</summary>
/// <param name="Template">ARM JSON.</param>
public sealed record DeploymentBody(string Template, IReadOnlyDictionary<string, object> Parameters)
{
    internal object ToJson() => new
    {
        properties = new { mode = "Incremental", template = JsonNode.Parse(Template), parameters = Parameters.ToDictionary(parameter => parameter.Key, parameter => new { value = parameter.Value }) },
    };

    /// <summary>Its name only: a value may be a secret.</summary>
    public override string ToString() => nameof(DeploymentBody);
}

/// <param name="State">Running, Succeeded, Failed, Canceled …</param>
/// <param name="Fault">Why it failed.</param>
public sealed record Deployment(string Name, string State, DateTimeOffset? At, ArmFault? Fault);

/// <param name="ResourceId">Of what is made.</param>
/// <param name="State">Running, Succeeded, Failed …</param>
/// <param name="Fault">Why it failed.</param>
public sealed record DeploymentOperation(string ResourceId, string ResourceType, string State, ArmFault? Fault);

/// <param name="ChangeType">Create, Modify, NoChange, Ignore, Deploy, Delete, Unsupported.</param>
/// <param name="Reason">Why Azure can't tell; "" where it can.</param>
public sealed record WhatIfChange(string ResourceId, string ChangeType, string Reason)
{
    /// <summary>Paths of what changes of a resource that stays, e.g. <c>properties.scopeMapId</c>.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];
}
