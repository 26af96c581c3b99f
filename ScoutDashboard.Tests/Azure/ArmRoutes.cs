using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Azure;

/// <summary>What the double does at each path, for one call.</summary>
internal sealed class ArmRoutes(ArmDouble arm, HttpContext context)
{
    private const string ScopeMap = "_repositories_pull_metadata_read";

    private ArmWorld World => arm.World;

    public (int Status, JsonNode? Body) Answer(ArmCall call, string path, JsonNode? body)
    {
        var id = "/" + path;
        var parent = id[..Math.Max(id.LastIndexOf('/'), 1)];
        var name = path.Split('/')[^1];
        return (context.Request.Method, call.Type) switch
        {
            ("GET", "Microsoft.Resources/subscriptions") => List(World.Subscriptions.Select(pair => new JsonObject { ["id"] = $"/subscriptions/{pair.Key}", ["subscriptionId"] = pair.Key.ToString(), ["displayName"] = pair.Value, ["state"] = "Enabled" })),
            ("GET", "Microsoft.Resources/subscriptions/providers") => (200, new JsonObject { ["namespace"] = name, ["registrationState"] = World.Providers.GetValueOrDefault(name, "NotRegistered") }),
            ("GET", "Microsoft.Authorization/permissions") => List([new JsonObject { ["actions"] = new JsonArray([.. World.Actions.Select(action => (JsonNode)action)]), ["notActions"] = new JsonArray() }]),
            ("GET", "Microsoft.ContainerRegistry/registries") when name == "registries" => List(World.Below(Scope(id), call.Type)),
            ("GET", "Microsoft.EventGrid/systemTopics") when name == "systemTopics" => List(World.Below(Scope(id), call.Type)),
            ("GET", "Microsoft.EventGrid/systemTopics/eventSubscriptions") when name == "eventSubscriptions" => List(World.Below(id, call.Type)),
            ("GET", "Microsoft.Resources/deployments/operations") => List(Deployment(parent)["operations"]!.AsArray().Select(item => item!.DeepClone().AsObject())),
            ("GET", "Microsoft.ContainerRegistry/registries/scopeMaps") when name.Equals(ScopeMap, StringComparison.OrdinalIgnoreCase) => (200, new JsonObject { ["id"] = id, ["name"] = name, ["properties"] = new JsonObject { ["actions"] = new JsonArray([.. World.ScopeMapActions.Select(action => (JsonNode)action)]) } }),
            ("GET", "Microsoft.Resources/deployments") => (200, Deployment(id).DeepClone()),
            ("GET", _) => (200, Found(id).DeepClone()),
            ("PUT", "Microsoft.ContainerRegistry/registries/tokens") => PutToken(id, body!),
            ("PATCH", "Microsoft.ContainerRegistry/registries/tokens") => PatchToken(id, body!),
            ("DELETE", "Microsoft.ContainerRegistry/registries/tokens") => Delete(id, null, $"{Scope(id)[1..]}/providers/Microsoft.ContainerRegistry/locations/westeurope/operationResults"),
            ("DELETE", "Microsoft.EventGrid/systemTopics" or "Microsoft.EventGrid/systemTopics/eventSubscriptions") =>
                Delete(id, $"{Scope(id)[1..]}/providers/Microsoft.EventGrid/locations/westeurope/operationsStatus", $"{Scope(id)[1..]}/providers/Microsoft.EventGrid/locations/westeurope/operationResults"),
            ("POST", "Microsoft.ContainerRegistry/registries") when name == "generateCredentials" => GenerateCredentials(parent, body!),
            ("POST", "Microsoft.EventGrid/systemTopics/eventSubscriptions") when name == "getFullUrl" => (200, new JsonObject { ["endpointUrl"] = (string?)Found(parent)["secret"] }),
            ("PUT", "Microsoft.EventGrid/systemTopics/eventSubscriptions") => PutSubscription(id, body!),
            ("PUT", "Microsoft.Resources/deployments") => new ArmDeployment(arm, context, id).Put(body!),
            ("POST", "Microsoft.Resources/deployments") when name == "validate" => new ArmDeployment(arm, context, parent).Validate(body!),
            ("POST", "Microsoft.Resources/deployments") when name == "whatIf" => new ArmDeployment(arm, context, parent).WhatIf(body!),
            _ => throw new ArmRefusal(405, "MethodNotAllowed", $"{context.Request.Method} is not allowed at {path}."),
        };
    }

    private (int Status, JsonNode? Body) PutToken(string id, JsonNode body)
    {
        var registry = id[..id.LastIndexOf("/tokens/", StringComparison.OrdinalIgnoreCase)];
        Found(registry);
        if ((string?)body["properties"]?["scopeMapId"] != $"{registry}/scopeMaps/{ScopeMap}")
        {
            throw new ArmRefusal(400, "ScopeMapNotFound", "The scope map does not exist in the registry.");
        }

        var token = MakeToken(World, id, "Creating");
        arm.Begin(context, $"{id[1..]}/operationStatuses", null, () =>
        {
            token["properties"]!["provisioningState"] = "Succeeded";
            return (null, null);
        });
        return (201, token.DeepClone());
    }

    // What is not named goes (azure-cli: acr token credential delete); what is not said stays.
    private (int Status, JsonNode? Body) PatchToken(string id, JsonNode body)
    {
        var token = Found(id);
        var (properties, change) = (token["properties"]!.AsObject(), body["properties"]!.AsObject());
        if ((string?)properties["provisioningState"] != "Succeeded")
        {
            throw new ArmRefusal(409, "TokenOperationInProgress", "An operation on the token is in progress.");
        }

        if (change["credentials"]?["passwords"]?.AsArray().Select(item => (string)item!["name"]!).ToList() is { } stay)
        {
            foreach (var item in properties["credentials"]!["passwords"]!.AsArray().Where(item => !stay.Contains((string)item!["name"]!)).ToList())
            {
                properties["credentials"]!["passwords"]!.AsArray().Remove(item);
            }
        }

        foreach (var (name, value) in change.Where(pair => pair.Key != "credentials"))
        {
            properties[name] = value!.DeepClone();
        }

        properties["provisioningState"] = "Updating";
        arm.Begin(context, $"{id[1..]}/operationStatuses", null, () =>
        {
            properties["provisioningState"] = "Succeeded";
            return (null, null);
        });
        return (200, token.DeepClone());
    }

    public static JsonObject MakeToken(ArmWorld world, string id, string state)
    {
        var scopeMap = $"{id[..id.LastIndexOf("/tokens/", StringComparison.OrdinalIgnoreCase)]}/scopeMaps/{ScopeMap}";
        return world.Resources[id] = new JsonObject
        {
            ["id"] = id, ["type"] = "Microsoft.ContainerRegistry/registries/tokens", ["name"] = id.Split('/')[^1],
            ["properties"] = new JsonObject { ["scopeMapId"] = scopeMap, ["status"] = "enabled", ["provisioningState"] = state, ["credentials"] = new JsonObject { ["passwords"] = new JsonArray() } },
        };
    }

    // Its topic is not made by it; the address comes back without its query, and whole only by getFullUrl.
    private (int Status, JsonNode? Body) PutSubscription(string id, JsonNode body)
    {
        var topic = id[..id.LastIndexOf("/eventSubscriptions/", StringComparison.OrdinalIgnoreCase)];
        Found(topic);
        var properties = body["properties"]!;
        if ((string?)properties["destination"]?["endpointType"] != "WebHook" || (string?)properties["destination"]!["properties"]?["endpointUrl"] is not { } webhook || !webhook.StartsWith("https://", StringComparison.Ordinal))
        {
            throw new ArmRefusal(400, "InvalidRequest", "The destination endpoint is not valid.");
        }

        var made = World.AddSubscription(topic, id.Split('/')[^1], webhook);
        made["properties"]!["filter"] = properties["filter"]!.DeepClone();
        made["properties"]!["provisioningState"] = "Creating";
        arm.Begin(context, $"{Scope(id)[1..]}/providers/Microsoft.EventGrid/locations/westeurope/operationsStatus", null, () =>
        {
            made["properties"]!["provisioningState"] = "Succeeded";
            return (null, null);
        });
        return (201, made.DeepClone());
    }

    private (int Status, JsonNode? Body) GenerateCredentials(string registry, JsonNode body)
    {
        var token = Found((string?)body["tokenId"] ?? "");
        if ((string?)token["properties"]!["provisioningState"] != "Succeeded")
        {
            throw new ArmRefusal(409, "TokenOperationInProgress", "An operation on the token is in progress.");
        }

        var password = new JsonObject { ["name"] = (string?)body["name"] ?? "password1", ["value"] = TestSecrets.New("registry token"), ["expiry"] = (string?)body["expiry"] };
        arm.Begin(context, null, $"{Scope(registry)[1..]}/providers/Microsoft.ContainerRegistry/locations/westeurope/operationResults", () =>
        {
            World.SetPassword(token, (string)password["name"]!, (string)password["value"]!, (string?)password["expiry"]);
            password["creationTime"] = World.Now.ToString("O");
            return (new JsonObject { ["username"] = (string?)token["name"], ["passwords"] = new JsonArray(password) }, null);
        });
        return (202, null);
    }

    private (int Status, JsonNode? Body) Delete(string id, string? asyncPath, string locationPath)
    {
        if (World.Find(id) is null)
        {
            return (204, null);
        }

        arm.Begin(context, asyncPath, locationPath, () =>
        {
            foreach (var below in World.Resources.Keys.Where(key => key.Equals(id, StringComparison.OrdinalIgnoreCase) || key.StartsWith($"{id}/", StringComparison.OrdinalIgnoreCase)).ToList())
            {
                World.Resources.Remove(below);
            }

            return (null, null);
        });
        return (202, null);
    }

    private (int Status, JsonNode? Body) List(IEnumerable<JsonObject> all)
    {
        var skip = int.TryParse(context.Request.Query["$skiptoken"], out var from) ? from : 0;
        var items = all.Skip(skip).Take(World.PageSize + 1).ToList();
        var page = new JsonObject { ["value"] = new JsonArray([.. items.Take(World.PageSize).Select(item => item.DeepClone())]) };
        if (items.Count > World.PageSize)
        {
            page["nextLink"] = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.Path}?api-version={context.Request.Query["api-version"]}&%24skiptoken={skip + World.PageSize}";
        }

        return (200, page);
    }

    private JsonObject Found(string id) => World.Find(id) ?? throw new ArmRefusal(404, "ResourceNotFound", $"The Resource '{id.Split("/providers/")[^1]}' was not found.");

    private JsonObject Deployment(string id)
    {
        arm.Age(id);
        return World.Find(id) ?? throw new ArmRefusal(404, "DeploymentNotFound", $"Deployment '{id.Split('/')[^1]}' could not be found.");
    }

    private static string Scope(string id) => string.Join('/', id.Split('/').Take(3));
}
