namespace ScoutDashboard.Advisories.DotNet;

/// <summary>
/// Which NuGet packages a runtime of .NET may hold a copy of (dotnet/runtime and dotnet/aspnetcore, PackageOverrides.txt of the targeting packs): what is wrong
/// in one may be wrong in the runtime. Of names that tell it not for certain, it may.
/// </summary>
internal static class RuntimeParts
{
    private static readonly string[] AspNetCore = ["system.diagnostics.eventlog", "system.formats.cbor", "system.security.cryptography.pkcs", "system.security.cryptography.xml", "system.threading.ratelimiting"];

    private static readonly string[] Desktop =
    [
        "system.codedom", "system.configuration.configurationmanager", "system.diagnostics.eventlog", "system.diagnostics.performancecounter", "system.directoryservices", "system.drawing.common",
        "system.formats.nrbf", "system.io.packaging", "system.resources.extensions", "system.security.cryptography.pkcs", "system.security.cryptography.protecteddata",
        "system.security.cryptography.xml", "system.security.permissions", "system.windows.extensions",
    ];

    // Packages of their own that no runtime brings.
    private static readonly string[] Separate =
    [
        "system.commandline", "system.composition", "system.data.odbc", "system.data.oledb", "system.data.sqlclient", "system.directoryservices.", "system.identitymodel.", "system.io.ports",
        "system.linq.dynamic", "system.management", "system.numerics.tensors", "system.reactive", "system.runtime.caching", "system.security.cryptography.cose", "system.servicemodel", "system.speech",
    ];

    /// <param name="family">See <see cref="RuntimePacks"/>.</param>
    /// <param name="name">In lower case.</param>
    public static bool MayBeOf(string family, string name) => family switch
    {
        RuntimePacks.Core => name == "microsoft.netcore.app" || (BeginsWithAny(name, "system.") && !AspNetCore.Contains(name) && !Desktop.Contains(name) && !BeginsWithAny(name, Separate)),
        RuntimePacks.AspNetCore => AspNetCore.Contains(name) || BeginsWithAny(name, "microsoft.aspnetcore.", "microsoft.extensions.", "microsoft.jsinterop", "microsoft.net.http.headers", "system.io.pipelines"),
        _ => Desktop.Contains(name) || BeginsWithAny(name, "microsoft.win32.", "microsoft.windowsdesktop."),
    };

    private static bool BeginsWithAny(string name, params string[] begins) => Array.Exists(begins, begin => name.StartsWith(begin, StringComparison.Ordinal));
}
