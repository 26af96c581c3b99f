using System.Text.Json.Nodes;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Azure;

/// <summary>What exists behind the double: by subscription, and by resource id in lower case.</summary>
internal sealed class ArmWorld
{
    public static readonly Guid First = Guid.Parse("11111111-1111-1111-1111-111111111111");

    private readonly Dictionary<(string Token, string Name), string> _passwords = [];

    public SortedDictionary<Guid, string> Subscriptions { get; } = new() { [First] = "Production" };

    public SortedDictionary<string, JsonObject> Resources { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a what-if tells besides, of resources that the product's template does not make.</summary>
    public List<JsonObject> Foreseen { get; } = [];

    /// <summary>By name of the provider.</summary>
    public Dictionary<string, string> Providers { get; } = new(StringComparer.OrdinalIgnoreCase) { ["Microsoft.EventGrid"] = "Registered", ["Microsoft.ContainerRegistry"] = "Registered" };

    /// <summary>What the scope map allows that each registry has for reading.</summary>
    public IReadOnlyList<string> ScopeMapActions { get; set; } = ["repositories/*/content/read", "repositories/*/metadata/read"];

    /// <summary>What the identity may do, everywhere.</summary>
    public IReadOnlyList<string> Actions { get; set; } = ["*"];

    /// <summary>What passwords end by.</summary>
    public DateTimeOffset Now { get; set; } = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Items of a page.</summary>
    public int PageSize { get; set; } = 2;

    /// <summary>Adds a registry and returns its id.</summary>
    public string AddRegistry(string name, string group = "rg1", string location = "westeurope", Guid? subscription = null, string? loginServer = null, string sku = "Standard", DateTimeOffset? madeAt = null)
    {
        var id = IdOf(name, group, subscription ?? First);
        Resources[id] = new JsonObject
        {
            ["id"] = id, ["type"] = "Microsoft.ContainerRegistry/registries", ["name"] = name, ["location"] = location, ["sku"] = new JsonObject { ["name"] = sku, ["tier"] = sku },
            ["properties"] = new JsonObject { ["loginServer"] = loginServer ?? $"{name.ToLowerInvariant()}.azurecr.io", ["provisioningState"] = "Succeeded", ["publicNetworkAccess"] = "Enabled", ["creationDate"] = (madeAt ?? Now).ToString("O") },
        };
        return id;
    }

    /// <summary>Moves a registry with what is in it, as Azure does: its topic stays, and goes on naming the place where it was. Returns its new id.</summary>
    public string MoveRegistry(string name, string from, string to, Guid? subscription = null)
    {
        var (before, after) = (IdOf(name, from, First), IdOf(name, to, subscription ?? First));
        foreach (var (id, resource) in Resources.Where(pair => pair.Key.Equals(before, StringComparison.OrdinalIgnoreCase) || pair.Key.StartsWith($"{before}/", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            Resources.Remove(id);
            Resources[id.Replace(before, after, StringComparison.OrdinalIgnoreCase)] = JsonNode.Parse(resource.ToJsonString().Replace(before, after, StringComparison.OrdinalIgnoreCase))!.AsObject();
        }

        foreach (var (key, value) in _passwords.Where(pair => pair.Key.Token.StartsWith($"{before}/", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            _passwords.Remove(key);
            _passwords[(key.Token.Replace(before, after, StringComparison.OrdinalIgnoreCase), key.Name)] = value;
        }

        return after;
    }

    private static string IdOf(string name, string group, Guid subscription) => $"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{name}";

    /// <summary>Adds a system topic of a registry.</summary>
    public string AddTopic(string name, string source, string group = "rg1", string location = "westeurope")
    {
        var id = $"/subscriptions/{First}/resourceGroups/{group}/providers/Microsoft.EventGrid/systemTopics/{name}";
        Resources[id] = Topic(id, name, location, source);
        return id;
    }

    public static JsonObject Topic(string id, string name, string location, string source) => new()
    {
        ["id"] = id, ["type"] = "Microsoft.EventGrid/systemTopics", ["name"] = name, ["location"] = location,
        ["properties"] = new JsonObject { ["source"] = source, ["topicType"] = "Microsoft.ContainerRegistry.Registries", ["provisioningState"] = "Succeeded" },
    };

    /// <summary>Adds a subscription of a system topic that sends to a webhook.</summary>
    public JsonObject AddSubscription(string topic, string name, string webhook)
    {
        var id = $"{topic}/eventSubscriptions/{name}";
        return Resources[id] = new JsonObject
        {
            ["id"] = id, ["name"] = name, ["type"] = "Microsoft.EventGrid/systemTopics/eventSubscriptions", ["secret"] = webhook,
            ["properties"] = new JsonObject
            {
                ["provisioningState"] = "Succeeded", ["destination"] = new JsonObject { ["endpointType"] = "WebHook", ["properties"] = new JsonObject { ["endpointBaseUrl"] = webhook.Split('?')[0] } },
                ["filter"] = new JsonObject { ["includedEventTypes"] = new JsonArray("Microsoft.ContainerRegistry.ImagePushed", "Microsoft.ContainerRegistry.ImageDeleted") },
            },
        };
    }

    /// <summary>Gives a token a password, in place of the one of its name.</summary>
    public void SetPassword(JsonObject token, string name, string value, string? expiry = null)
    {
        var passwords = token["properties"]!["credentials"]!["passwords"]!.AsArray();
        foreach (var before in passwords.Where(item => (string)item!["name"]! == name).ToList())
        {
            passwords.Remove(before);
        }

        passwords.Add(new JsonObject { ["name"] = name, ["expiry"] = expiry, ["creationTime"] = Now.ToString("O") });
        _passwords[((string)token["id"]!, name)] = TestSecrets.Know("registry token", value);
    }

    /// <summary>Whether the registry would let somebody in by this password.</summary>
    public bool Accepts(string tokenId, string password) => Find(tokenId)?["properties"] is { } token && (string?)token["status"] == "enabled"
        && token["credentials"]!["passwords"]!.AsArray().Any(item => _passwords.GetValueOrDefault((tokenId, (string)item!["name"]!)) == password
            && (item["expiry"] is not { } end || DateTimeOffset.Parse((string)end!, null) > Now));

    public JsonObject? Find(string id) => Resources.GetValueOrDefault(id);

    /// <summary>All of a type below an id.</summary>
    public IEnumerable<JsonObject> Below(string id, string type) =>
        Resources.Where(pair => pair.Key.StartsWith($"{id}/", StringComparison.OrdinalIgnoreCase) && type.Equals((string?)pair.Value["type"], StringComparison.OrdinalIgnoreCase)).Select(pair => pair.Value);
}
