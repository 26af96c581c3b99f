using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Operations;

/// <summary>Where the dashboard may listen, and what it says where it can't.</summary>
public sealed class ListenTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-listen-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("http://+:8080", true)]
    [InlineData("http://localhost:5080;https://[::1]:5443", true)]
    [InlineData("http://unix:/run/scout.sock", true)]
    [InlineData("", true)]
    [InlineData("localhost:5080", false)]
    [InlineData("5080", false)]
    [InlineData("http://localhost:notaport", false)]
    [InlineData("http://localhost:5080/scout", false)]
    [InlineData("ftp://localhost:5080", false)]
    [InlineData("http://+:8080;+:8081", false)]
    public void AnAddressThatIsNoneIsAFaultOfTheConfiguration(string urls, bool isOne) =>
        Assert.Equal(isOne, ScoutSettings.Schema.Check(new ConfigurationBuilder().AddInMemoryCollection([new("urls", urls)]).Build()).Faults.Count == 0);

    [Theory]
    [InlineData("http://192.0.2.1:5080", "must name addresses of this machine")]
    [InlineData("http://localhost:0", "must name addresses of this machine")]
    [InlineData("https://127.0.0.1:0", "Kestrel__Certificates__Default__Path")]
    public async Task WhereItCantListenItSaysWhatToDo(string urls, string remedy) => Assert.Contains(remedy, await FaultAsync(urls), StringComparison.Ordinal);

    [Fact]
    public async Task WhereAnotherProgramListensItSaysSo()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        Assert.Contains("Stop the other program", await FaultAsync($"http://{other.LocalEndpoint}"), StringComparison.Ordinal);
    }

    // One line, and no stack; without the certificate that a developer may have at home.
    private async Task<string> FaultAsync(string urls)
    {
        var run = await ShellRun.RunAsync(_folder.FullName, new Dictionary<string, string> { ["Scout__DataDirectory"] = _folder.FullName, ["Advisories__Source"] = _folder.FullName, ["HOME"] = _folder.FullName }, "--urls", urls);
        Assert.Equal(1, run.ExitCode);
        return Assert.Single(run.Error.Trim().Split('\n'));
    }
}
