using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Webhook;

/// <summary>Events about team/app as Event Grid writes them, on 1 May 2026.</summary>
internal static class EventText
{
    public static string Push(string id, string tag, Digest digest, string time) =>
        $$$"""{"id":"{{{id}}}","topic":"/subscriptions/S","subject":"team/app:{{{tag}}}","eventType":"Microsoft.ContainerRegistry.ImagePushed","data":{"id":"{{{id}}}","timestamp":"2026-05-01T{{{time}}}Z","action":"push","target":{"repository":"team/app","tag":"{{{tag}}}","digest":"{{{digest}}}"}},"dataVersion":"2.0","metadataVersion":"1","eventTime":"2026-05-01T{{{time}}}Z"}""";

    public static string Delete(string id, Digest digest, string time) =>
        $$$"""{"id":"{{{id}}}","subject":"team/app","eventType":"Microsoft.ContainerRegistry.ImageDeleted","data":{"action":"delete","target":{"repository":"team/app","digest":"{{{digest}}}"}},"eventTime":"2026-05-01T{{{time}}}Z"}""";
}
