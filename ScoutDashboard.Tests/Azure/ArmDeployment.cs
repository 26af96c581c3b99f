using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ScoutDashboard.Integrations;

namespace ScoutDashboard.Tests.Azure;

/// <summary>What the double does with a deployment of the product's template, by the rules of the providers that it leads to.</summary>
internal sealed class ArmDeployment(ArmDouble arm, HttpContext context, string id)
{
    private string Group => id[..id.IndexOf("/providers/", StringComparison.OrdinalIgnoreCase)];

    public (int Status, JsonNode? Body) Put(JsonNode body)
    {
        Check(body);
        if ((string?)arm.World.Find(id)?["properties"]!["provisioningState"] == "Running")
        {
            throw new ArmRefusal(409, "DeploymentActive", "The deployment with resource id is still active.");
        }

        var resources = Resources(body).ToList();
        var deployment = arm.World.Resources[id] = new JsonObject
        {
            ["id"] = id, ["name"] = id.Split('/')[^1], ["type"] = "Microsoft.Resources/deployments",
            ["properties"] = new JsonObject { ["provisioningState"] = "Running", ["timestamp"] = "2026-11-24T12:00:00Z", ["mode"] = "Incremental" },
            ["operations"] = new JsonArray([.. resources.Select(resource => Operation(resource, "Running", null))]),
        };
        arm.Begin(context, $"{id[1..]}/operationStatuses", null, () => Deploy(deployment, resources));
        return (201, deployment.DeepClone());
    }

    public (int Status, JsonNode? Body) Validate(JsonNode body)
    {
        Check(body);
        return Resources(body).Select(Fault).FirstOrDefault(fault => fault is not null) is { } found
            ? throw new ArmRefusal(400, "InvalidTemplateDeployment", found.Message) : (200, new JsonObject { ["properties"] = new JsonObject { ["provisioningState"] = "Succeeded" } });
    }

    public (int Status, JsonNode? Body) WhatIf(JsonNode body)
    {
        Check(body);
        var changes = Resources(body).Select(Change).Concat(arm.World.Foreseen.Select(change => change.DeepClone().AsObject()))
            // What lies in the group besides is told, too.
            .Concat(arm.World.Below(Group, "Microsoft.ContainerRegistry/registries").Select(other => new JsonObject { ["resourceId"] = (string?)other["id"], ["changeType"] = "Ignore" })).ToArray<JsonNode?>();
        arm.Begin(context, null, $"{string.Join('/', id.Split('/').Take(3))[1..]}/operationresults", () =>
            (new JsonObject { ["status"] = "Succeeded", ["properties"] = new JsonObject { ["changes"] = new JsonArray(changes) } }, null));
        return (202, null);
    }

    // Microsoft.Resources' specification: WhatIfChange, WhatIfPropertyChange.
    private JsonObject Change(Resource resource)
    {
        var there = arm.World.Find(resource.Id);
        var change = new JsonObject { ["resourceId"] = resource.Id, ["changeType"] = there is null ? "Create" : "NoChange" };
        if (there is not null && resource.ScopeMap.Length > 0 && (string?)there["properties"]!["scopeMapId"] is var before && !resource.ScopeMap.Equals(before, StringComparison.OrdinalIgnoreCase))
        {
            change["changeType"] = "Modify";
            change["delta"] = new JsonArray(
                new JsonObject { ["path"] = "properties.scopeMapId", ["propertyChangeType"] = "Modify", ["before"] = before, ["after"] = resource.ScopeMap },
                new JsonObject { ["path"] = "properties.credentials", ["propertyChangeType"] = "NoEffect", ["after"] = new JsonObject() });
        }

        return change;
    }

    // Azure/bicep-deploy#79.
    private void Check(JsonNode body)
    {
        if (body["location"] is not null)
        {
            throw new ArmRefusal(400, "InvalidDeployment", $"The 'location' property is not allowed for '{id.Split('/')[^1]}' at resource group scope.");
        }

        if ((string?)body["properties"]?["mode"] != "Incremental" || body["properties"]?["template"]?["resources"] is not JsonArray)
        {
            throw new ArmRefusal(400, "InvalidRequestContent", "The request content was invalid.");
        }
    }

    private (JsonNode? Result, ArmRefusal? Fault) Deploy(JsonObject deployment, List<Resource> resources)
    {
        var done = resources.ConvertAll(resource => (resource, Fault: Fault(resource)));
        // What depends on a topic that failed is not begun.
        done.RemoveAll(item => done.Exists(other => other.Fault is not null && item.resource.Id.StartsWith($"{other.resource.Id}/", StringComparison.OrdinalIgnoreCase)));
        foreach (var (resource, _) in done.Where(item => item.Fault is null))
        {
            resource.Make();
        }

        var failed = done.FirstOrDefault(item => item.Fault is not null).Fault;
        deployment["operations"] = new JsonArray([.. done.Select(item => Operation(item.resource, item.Fault is null ? "Succeeded" : "Failed", item.Fault))]);
        deployment["properties"]!["provisioningState"] = failed is null ? "Succeeded" : "Failed";
        if (failed is not null)
        {
            deployment["properties"]!["error"] = new JsonObject
            {
                ["code"] = "DeploymentFailed", ["message"] = "At least one resource deployment operation failed. Please list deployment operations for details.",
                ["details"] = new JsonArray(failed.ToJson()["error"]!.DeepClone()),
            };
        }

        return (null, failed);
    }

    private static JsonObject Operation(Resource resource, string state, ArmRefusal? fault) => new()
    {
        ["properties"] = new JsonObject
        {
            ["provisioningState"] = state, ["statusMessage"] = fault?.ToJson(),
            ["targetResource"] = new JsonObject { ["id"] = resource.Id, ["resourceType"] = resource.Type, ["resourceName"] = resource.Id.Split('/')[^1] },
        },
    };

    // azure-quickstart-templates#13688, AD#87683, AD PR#97986.
    private ArmRefusal? Fault(Resource resource) => resource switch
    {
        { Type: "Microsoft.EventGrid/systemTopics" } when arm.World.Find(resource.Id) is { } there && !((string)there["properties"]!["source"]!).Equals(resource.Source, StringComparison.OrdinalIgnoreCase) =>
            new ArmRefusal(400, "InvalidRequest", "System topic source cannot be modified."),
        { Type: "Microsoft.EventGrid/systemTopics" } when !string.Equals((string?)arm.World.Find(resource.Source)?["location"], resource.Location, StringComparison.OrdinalIgnoreCase) =>
            new ArmRefusal(400, "InvalidRequest", "System topic's location must match with location of the source resource."),
        { Type: "Microsoft.EventGrid/systemTopics" } when arm.World.Resources.Values.Any(other => other["type"]!.GetValue<string>() == resource.Type
            && !((string)other["id"]!).Equals(resource.Id, StringComparison.OrdinalIgnoreCase) && ((string)other["properties"]!["source"]!).Equals(resource.Source, StringComparison.OrdinalIgnoreCase)) =>
            new ArmRefusal(400, "InvalidRequest", "There is an existing tracked system topic for the given source. Only one system topic is allowed per source."),
        _ => null,
    };

    private IEnumerable<Resource> Resources(JsonNode body)
    {
        var properties = body["properties"]!;
        var registry = $"{Group}/providers/Microsoft.ContainerRegistry/registries/{Value(properties, "RegistryName")}";
        var webhook = (string?)Value(properties, "DockerScoutWebhook") ?? "";
        var topic = $"{Group}/providers/Microsoft.EventGrid/systemTopics/{Value(properties, "systemTopics_dockerScoutRepository")}";
        if (webhook.Length > 0)
        {
            if (Value(properties, "useExistingSystemTopic")?.GetValue<bool>() != true)
            {
                var location = (string?)Value(properties, "location") is { } said && said[0] != '[' ? said : "northeurope";
                yield return new Resource(topic, "Microsoft.EventGrid/systemTopics", () => arm.World.Resources[topic] = ArmWorld.Topic(topic, topic.Split('/')[^1], location, registry)) { Location = location, Source = registry };
            }

            var subscription = $"{topic}/eventSubscriptions/{AzureNames.EventSubscription}";
            yield return new Resource(subscription, "Microsoft.EventGrid/systemTopics/eventSubscriptions", () => arm.World.AddSubscription(topic, AzureNames.EventSubscription, webhook));
        }

        if (Value(properties, "createToken")?.GetValue<bool>() == false)
        {
            yield break;
        }

        var token = $"{registry}/tokens/{AzureNames.Token}";
        yield return new Resource(token, "Microsoft.ContainerRegistry/registries/tokens", () => ArmRoutes.MakeToken(arm.World, token, "Succeeded")) { ScopeMap = $"{registry}/scopeMaps/{AzureNames.ScopeMap}" };
    }

    private static JsonNode? Value(JsonNode properties, string name) => properties["parameters"]?[name]?["value"] ?? properties["template"]!["parameters"]?[name]?["defaultValue"];

    private sealed record Resource(string Id, string Type, Action Make)
    {
        public string Location { get; init; } = "";

        public string Source { get; init; } = "";

        public string ScopeMap { get; init; } = "";
    }
}
