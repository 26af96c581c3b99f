namespace ScoutDashboard.Access;

/// <summary>An address inside this application: where a visitor may be sent after signing in.</summary>
public static class LocalAddress
{
    /// <summary><paramref name="address"/> if it is a path of this application, else "/". Refused is what a browser reads as another host: //host, /\host, and control characters, which browsers drop (WHATWG URL section 4.4).</summary>
    public static string OrHome(string? address) =>
        address is ['/', ..] && !address.StartsWith("//", StringComparison.Ordinal) && !address.Any(c => char.IsControl(c) || c == '\\') ? address : "/";
}
