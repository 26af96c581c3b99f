using System.Text;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>Images as a team would push them: a Debian base with a real package database, an application of npm and .NET packages, an environment with a secret.</summary>
internal static class SampleImage
{
    public static readonly string Secret = TestSecrets.New("image's secret");

    private const string OsRelease = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nVERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n";

    private const string SmallStatus = "Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nSource: zlib\nVersion: 1:1.2.13.dfsg-1\n\n";

    /// <summary>This machine's own package database where it is a Debian, with one package in a version that the test knows.</summary>
    public static string DpkgStatus => SmallStatus.Replace("zlib1g", "scout-sample", StringComparison.Ordinal).Replace("Source: zlib\n", "Source: scout-sample-src\n", StringComparison.Ordinal)
        + (File.Exists("/var/lib/dpkg/status") ? File.ReadAllText("/var/lib/dpkg/status") : SmallStatus);

    /// <summary>What the other images are built on.</summary>
    public static OciImageBuilder Base(string platform = "linux/amd64") => new OciImageBuilder(platform)
        .Layer("/bin/sh -c #(nop) ADD file:0123 in / ", ("etc/os-release", OsRelease), ("var/lib/dpkg/status", DpkgStatus));

    public static OciImageBuilder Of(string lodash, string platform = "linux/amd64", int extraMegabytes = 0)
    {
        var image = Base(platform)
            .Env("DATABASE_PASSWORD", Secret)
            .Layer("RUN /bin/sh -c npm ci --omit=dev # buildkit", ("app/node_modules/lodash/package.json", $$"""{"name":"lodash","version":"{{lodash}}","license":"MIT"}"""),
                ("app/node_modules/@babel/core/package.json", """{"name":"@babel/core","version":"7.20.0"}"""),
                ("app/node_modules/@contoso/observability_instrumentation_of_clients/package.json", """{"name":"@contoso/observability_instrumentation_of_clients","version":"4.0.0-beta.20260501.sha0123456789abcdef0123456789"}"""));
        return extraMegabytes == 0 ? image : image.Layer(new LayerTar().File("opt/data.bin", Noise(extraMegabytes)), "COPY data.bin /opt/ # buildkit");
    }

    // The same every time, and as good as incompressible.
    private static byte[] Noise(int megabytes)
    {
        var content = new byte[megabytes * 1024 * 1024];
        var random = 0x9E3779B97F4A7C15UL;
        for (var at = 0; at + 8 <= content.Length; at += 8)
        {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            BitConverter.TryWriteBytes(content.AsSpan(at), random);
        }

        return content;
    }

    /// <summary>Whether any file of the folder holds this text.</summary>
    public static bool Holds(string folder, string text)
    {
        var needle = Encoding.UTF8.GetBytes(text);
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return content.GetBuffer().AsSpan(0, (int)content.Length).IndexOf(needle) >= 0;
        });
    }
}
