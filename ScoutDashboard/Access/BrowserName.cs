namespace ScoutDashboard.Access;

/// <summary>What a person calls their browser, from what it calls itself.</summary>
public static class BrowserName
{
    // In this order: those below call themselves like those above, too.
    private static readonly (string Mark, string Name)[] Browsers =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")];

    private static readonly (string Mark, string Name)[] Systems =
        [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    /// <summary>E.g. "Firefox on Linux"; null where neither is known.</summary>
    public static string? Of(string userAgent)
    {
        var (browser, system) = (Find(Browsers, userAgent), Find(Systems, userAgent));
        return browser is not null && system is not null ? $"{browser} on {system}" : browser ?? system;
    }

    private static string? Find((string Mark, string Name)[] names, string userAgent) =>
        names.Where(known => userAgent.Contains(known.Mark, StringComparison.Ordinal)).Select(known => known.Name).FirstOrDefault();
}
