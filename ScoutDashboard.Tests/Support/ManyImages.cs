using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Support;

/// <summary>
/// A registry without sign-in, over plain http on this machine, full of small images: each one of 20 shared Debian bases under a layer of its own with npm and
/// .NET packages. Every repository lists one tag, <c>v0</c>; all others are found by their digest only, as if pushed a moment ago.
/// </summary>
public sealed class ManyImages : IAsyncDisposable
{
    private const int Bases = 20;
    private readonly OciLayout _layout = new();
    private readonly Dictionary<string, string> _listed = new(StringComparer.Ordinal);
    private readonly List<ManyImage> _pushed = [];
    private WebApplication? _server;

    private ManyImages(int repositories, int pushed)
    {
        for (var image = 0; image < repositories + pushed; image++)
        {
            var repository = $"team/app-{image % repositories:d2}";
            var tag = $"v{image / repositories}";
            var digest = _layout.Add($"{image}", Build(image));
            if (image < repositories)
            {
                _listed[repository] = digest;
            }
            else
            {
                _pushed.Add(new ManyImage(repository, tag, digest));
            }
        }
    }

    /// <summary><c>127.0.0.1:port</c>.</summary>
    public string Host { get; private set; } = "";

    /// <summary>The images that no listing names: all distinct.</summary>
    public IReadOnlyList<ManyImage> Pushed => _pushed;

    /// <param name="repositories">How many repositories, each with one image that it lists.</param>
    /// <param name="pushed">How many further images, spread evenly over them.</param>
    public static async Task<ManyImages> StartAsync(int repositories, int pushed)
    {
        var images = new ManyImages(repositories, pushed);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        images._server = builder.Build();
        images._server.Run(images.AnswerAsync);
        await images._server.StartAsync();
        images.Host = new Uri(images._server.Urls.Single()).Authority;
        return images;
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _layout.Dispose();
    }

    /// <summary>The body of one webhook call that tells of these pushes.</summary>
    public static string Events(IEnumerable<ManyImage> pushed, DateTime at, string id = "push") => JsonSerializer.Serialize(pushed.Select((image, number) => new
    {
        id = $"{id}-{image.Repository}-{image.Tag}", subject = $"{image.Repository}:{image.Tag}", eventType = "Microsoft.ContainerRegistry.ImagePushed",
        data = new { action = "push", target = new { repository = image.Repository, tag = image.Tag, digest = image.Digest } }, eventTime = at.AddMilliseconds(number),
    }));

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var reference = path[(path.LastIndexOf('/') + 1)..];
        if (path == "/v2/")
        {
            return context.Response.WriteAsync("{}");
        }

        if (path == "/v2/_catalog")
        {
            return context.Response.WriteAsJsonAsync(new { repositories = _listed.Keys });
        }

        var repository = _listed.Keys.FirstOrDefault(name => path.StartsWith($"/v2/{name}/", StringComparison.Ordinal));
        if (repository is not null && reference == "list")
        {
            return context.Response.WriteAsJsonAsync(new { name = repository, tags = new[] { "v0" } });
        }

        var text = reference == "v0" && repository is not null ? _listed[repository] : reference;
        var file = Digest.TryParse(text, out var digest) ? Path.Combine(_layout.Folder, "blobs", "sha256", digest.Hex) : "";
        if (!File.Exists(file))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.Headers["Docker-Content-Digest"] = text;
        context.Response.ContentType = path.Contains("/manifests/", StringComparison.Ordinal) ? "application/vnd.oci.image.manifest.v1+json" : "application/octet-stream";
        context.Response.ContentLength = new FileInfo(file).Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.SendFileAsync(file);
    }

    private static OciImageBuilder Build(int image) => new OciImageBuilder()
        .Layer("/bin/sh -c #(nop) ADD file:0123 in / ", ("etc/os-release", "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n"), ("var/lib/dpkg/status", Status(image % Bases)))
        .Layer("RUN /bin/sh -c npm ci # buildkit", Packages(image));

    private static string Status(int release)
    {
        var status = new StringBuilder();
        for (var package = 0; package < 120; package++)
        {
            status.Append(CultureInfo.InvariantCulture, $"Package: library-{package}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.{(package + release) % 9}.0-{1 + (release % 4)}\nMaintainer: Debian Developers <debian@lists.debian.org>\n\n");
        }

        return status.ToString();
    }

    private static IEnumerable<(string Path, string Content)> Packages(int image)
    {
        yield return ("app/image.txt", $"{image}");
        for (var package = 0; package < 40; package++)
        {
            var number = (package * 7) + (image % 50);
            yield return ($"app/node_modules/package-{number}/package.json", $$"""{"name":"package-{{number}}","version":"1.{{image % 13}}.{{package % 5}}","license":"MIT"}""");
        }

        yield return ("srv/app.deps.json", $$$$"""
            {"runtimeTarget":{"name":".NETCoreApp,Version=v10.0"},"targets":{".NETCoreApp,Version=v10.0":{}},
            "libraries":{"Newtonsoft.Json/13.0.{{{{image % 4}}}}":{"type":"package","serviceable":true,"sha512":"","path":"newtonsoft.json/13.0.{{{{image % 4}}}}"}}}
            """);
    }
}

/// <summary>One image of <see cref="ManyImages"/>.</summary>
public sealed record ManyImage(string Repository, string Tag, string Digest);
