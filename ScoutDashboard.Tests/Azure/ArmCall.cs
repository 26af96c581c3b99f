namespace ScoutDashboard.Tests.Azure;

/// <summary>Which resource type a call is about, and the right that it needs (learn: resource-provider-operations).</summary>
internal sealed record ArmCall(string Type, string Action)
{
    public static ArmCall Read(string method, string path)
    {
        var parts = path.Split('/');
        var provider = Array.FindLastIndex(parts, part => part.Equals("providers", StringComparison.OrdinalIgnoreCase));
        // subscriptions[/S[/operationresults/O | /providers/P]], else …/providers/P/type[/name[/type …]].
        var (own, types) = provider < 0 ? ("Microsoft.Resources", parts)
            : provider == 2 && parts.Length == 4 ? ("Microsoft.Resources", ["subscriptions", "", "providers"])
            : (parts[provider + 1], parts[(provider + 2)..]);
        var isAction = method == "POST";
        var names = (isAction ? types[..^1] : types).Where((_, index) => index % 2 == 0);
        var type = $"{own}/{string.Join('/', names)}";
        return new ArmCall(type, method switch
        {
            "GET" => $"{type}/read",
            "PUT" or "PATCH" => $"{type}/write",
            "DELETE" => $"{type}/delete",
            _ => $"{type}/{types[^1]}/action",
        });
    }
}
