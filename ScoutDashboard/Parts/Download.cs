using Microsoft.Net.Http.Headers;

namespace ScoutDashboard.Parts;

/// <summary>Headers of an answer that a browser saves as a file.</summary>
public static class Download
{
    /// <param name="name">The file's name; whatever is no letter, digit, dot, dash or underscore becomes a dash.</param>
    public static void Start(HttpResponse response, string mediaType, string name)
    {
        response.ContentType = mediaType;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment")
        {
            FileName = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-')),
        }.ToString();
    }
}
