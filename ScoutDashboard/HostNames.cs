using System.Net;
using ScoutDashboard.Integrations;

namespace ScoutDashboard;

/// <summary>The names by which this dashboard goes. Any other is refused: a page of a stranger could talk to us by a name of its own that leads here (DNS rebinding).</summary>
public sealed class HostNames
{
    private static readonly string[] Everywhere = ["*", "+", "0.0.0.0", "::"];

    private readonly HashSet<string> _names;

    private HostNames(IEnumerable<string> names, bool isAny) => (_names, IsAny) = (new HashSet<string>(names, StringComparer.OrdinalIgnoreCase), isAny);

    /// <summary>Whether nothing tells what the names are: it listens everywhere, and neither AllowedHosts nor Scout:PublicUrl is set.</summary>
    public bool IsAny { get; }

    /// <summary>From <c>AllowedHosts</c> (parted by semicolons; <c>*</c> for any), else the host of <c>Scout:PublicUrl</c>, those that it listens by, and this machine's.</summary>
    public static HostNames Read(IConfiguration configuration)
    {
        var given = Parted(configuration["AllowedHosts"]).ToList();
        if (given.Count > 0)
        {
            return new HostNames(given, given.Contains("*"));
        }

        var listening = Parted(configuration[WebHostDefaults.ServerUrlsKey]).Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? ""))
            .Select(HostOf).ToList();
        var isPublic = PublicUrl.Read(configuration).Address;
        return new HostNames([.. listening.Except(Everywhere), .. isPublic is null ? [] : new[] { isPublic.IdnHost }, "localhost", Environment.MachineName], isPublic is null && listening.Exists(Everywhere.Contains));
    }

    /// <summary>An address in figures is no name that somebody could lead elsewhere.</summary>
    public bool Allows(HostString host) => IsAny || !host.HasValue || IPAddress.TryParse(host.Host.Trim('[', ']'), out _) || _names.Contains(host.Host)
        || _names.Any(name => name.StartsWith("*.", StringComparison.Ordinal) && host.Host.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase));

    public Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        if (Allows(context.Request.Host))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync("ScoutDashboard does not go by the name in this address. If it should, the administrator adds the name to AllowedHosts.", context.RequestAborted);
    }

    private static string[] Parted(string? text) => (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // http://*:5080 is no URI.
    private static string HostOf(string address)
    {
        var authority = address[(address.IndexOf("://", StringComparison.Ordinal) is >= 0 and var at ? at + 3 : 0)..].Split('/')[0];
        return authority.StartsWith('[') ? authority[1..Math.Max(1, authority.IndexOf(']'))] : authority.Split(':')[0];
    }
}
