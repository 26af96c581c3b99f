using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace ScoutDashboard.Tests.Support;

/// <summary>Keeps what an application answers its visitors, and tells <see cref="TestSecrets"/> of the secrets that travel with it: passwords and codes in forms, keys, one-time links, sessions.</summary>
internal sealed class Answers
{
    private static readonly string[] Typed = ["Password", "Confirm", "Current", "Code"];

    private readonly ConcurrentQueue<(string Path, string Text)> _texts = new();

    /// <summary>By the path that was asked for.</summary>
    public IEnumerable<(string Name, byte[] Content)> Places =>
        _texts.GroupBy(answer => answer.Path, (path, answers) => ($"answers of {path}", Encoding.UTF8.GetBytes(string.Join('\n', answers.Select(answer => answer.Text)))));

    /// <summary>What a client sends through.</summary>
    public DelegatingHandler Keep() => new Keeper(this);

    public HttpMessageHandler Keep(HttpMessageHandler inner) => new Keeper(this) { InnerHandler = inner };

    private sealed class Keeper(Answers answers) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Headers.Authorization is { Scheme: "Bearer", Parameter: { } key })
            {
                TestSecrets.Know("API key", key);
            }

            var link = QueryHelpers.ParseQuery(request.RequestUri!.Query).TryGetValue("token", out var token) ? token.ToString() : "";
            var fields = request.Content is FormUrlEncodedContent form ? QueryHelpers.ParseQuery(await form.ReadAsStringAsync(cancellationToken)) : [];
            var answer = await base.SendAsync(request, cancellationToken);
            // One that was refused may be any word.
            if (answer.StatusCode != HttpStatusCode.Forbidden)
            {
                TestSecrets.Know("one-time link", link);
            }

            foreach (var (_, value) in fields.Where(field => answer.StatusCode == HttpStatusCode.Redirect && Typed.Contains(field.Key.Split('.')[^1])))
            {
                TestSecrets.Know("typed password", value.ToString());
            }

            foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [])
            {
                Know(cookie.Split(';')[0]);
            }

            if (answer.Content.Headers.ContentType?.MediaType is "text/html" or "text/plain" or "text/csv" or "application/json")
            {
                await answer.Content.LoadIntoBufferAsync(cancellationToken);
                var text = await answer.Content.ReadAsStringAsync(cancellationToken);
                // A link's own page may hold the link: its form goes back there.
                answers._texts.Enqueue((PathOf(request.RequestUri), link.Length > 0 ? text.Replace(link, "", StringComparison.Ordinal) : text));
            }

            return answer;
        }

        // Without the keys that stand in some.
        private static string PathOf(Uri address) => string.Concat(address.Segments.Where(segment => segment.Length < 30));

        private static void Know(string cookie)
        {
            if (cookie.Split('=', 2) is [var name, var value] && name.EndsWith("scout-session", StringComparison.Ordinal))
            {
                TestSecrets.Know("session cookie", value);
            }
        }
    }
}
