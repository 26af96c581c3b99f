using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ScoutDashboard.Tests.Support;

/// <summary>
/// What the container's image would hold, made by the recipe's own commands and run as a container runs it: the recipe's user and variables, no capability, a root file system of
/// its own that can only be read, but for the data folder and an empty /tmp. Nothing of this machine is in it but .NET and the C library.
/// </summary>
internal sealed class PublishedProgram : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly string _folder = Directory.CreateTempSubdirectory("scout-image-").FullName;
    private readonly ContainerRecipe _recipe = ContainerRecipe.Read();
    private readonly int _port = FreePort();
    private readonly StringBuilder _output = new();
    private Process? _process;

    public string DataFolder => Path.Combine(_folder, "data");

    public string AppFolder => Path.Combine(_folder, "app");

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    public string Output
    {
        get { lock (_output) { return _output.ToString(); } }
    }

    /// <summary>Copies what the recipe copies into an empty folder and runs its commands there.</summary>
    public async Task BuildAsync()
    {
        var source = Directory.CreateDirectory(Path.Combine(_folder, "src")).FullName;
        foreach (var step in _recipe.Steps.Where(step => step.Stage == 0))
        {
            if (step.Instruction == "COPY" && step.Text.Split(' ') is [.. var files, var target])
            {
                foreach (var file in files)
                {
                    await ShellAsync($"mkdir -p {target} && tar -C {BuildFacts.Repository}/{(file.EndsWith('/') ? file : Path.GetDirectoryName(file))} --exclude=./bin --exclude=./obj -cf - {(file.EndsWith('/') ? "." : Path.GetFileName(file))} | tar -C {target} -xf -", source);
                }
            }
            else if (step.Instruction == "RUN")
            {
                await ShellAsync(step.Text.Replace(" /", $" {_folder}/", StringComparison.Ordinal), source);
            }
        }

        await ShellAsync($"chown {_recipe.One("USER")} data", _folder);
    }

    /// <summary>Starts the image's entry point and returns once it is ready.</summary>
    public async Task StartAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = Contained(_recipe.Command("ENTRYPOINT")), EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Read(line.Data, ready);
        process.ErrorDataReceived += (_, line) => Read(line.Data, ready);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The program ended at start:\n{Output}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        await ready.Task.WaitAsync(Limit);
    }

    /// <summary>Runs a command in the container, with its variables; what it wrote to its standard output.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(params IReadOnlyList<string> command)
    {
        using var process = Process.Start(Contained(command))!;
        using var limit = new CancellationTokenSource(Limit);
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, output[0]);
    }

    /// <summary>What Docker asks of the container's health.</summary>
    public Task<(int ExitCode, string Output)> AskHealthAsync() => RunAsync(_recipe.Command("HEALTHCHECK"));

    /// <summary>Stops as <c>docker stop</c> does; the exit code. It must have ended within 10 seconds.</summary>
    public async Task<int> StopAsync()
    {
        using var signal = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // A root of its own in a mount namespace of its own; exec all the way, so that the process is the program itself.
    private ProcessStartInfo Contained(IReadOnlyList<string> command)
    {
        var root = Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName;
        var (user, workFolder, volume) = (_recipe.One("USER").Split(':'), _recipe.One("WORKDIR"), _recipe.One("VOLUME"));
        var dotnet = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(object).Assembly.Location))))!;
        var variables = string.Join(' ', _recipe.Pairs("ENV").Select(pair => $"{pair.Key}='{pair.Value.Replace(_recipe.One("EXPOSE"), $"{_port}", StringComparison.Ordinal)}'"));
        var script = $"""
            set -e
            mount -t tmpfs -o mode=755 tmpfs {root}
            cd {root}
            mkdir -p usr etc dev proc tmp .{workFolder} .{volume} .{dotnet}
            for link in bin lib lib64 sbin; do cp -a /$link . ; done
            mount --bind /usr usr
            mount -o remount,bind,ro usr
            mount --bind {dotnet} .{dotnet}
            mount -o remount,bind,ro .{dotnet}
            mount --bind /etc etc
            mount -o remount,bind,ro etc
            mount --rbind /dev dev
            mount -t proc proc proc
            mount -t tmpfs -o mode=1777 tmpfs tmp
            mount --bind {AppFolder} .{workFolder}
            mount -o remount,bind,ro .{workFolder}
            mount --bind {DataFolder} .{volume}
            mount -o remount,ro .
            exec env -i /usr/sbin/chroot . setpriv --reuid {user[0]} --regid {user[1]} --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all env -C {workFolder} {variables} PATH={dotnet}:/usr/bin "$@"
            """;
        return new ProcessStartInfo("unshare", ["--mount", "--propagation", "private", "sh", "-c", script, "sh", .. command]) { RedirectStandardOutput = true, RedirectStandardError = true };
    }

    private static async Task ShellAsync(string command, string folder)
    {
        var start = new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"{command}\n{string.Concat(output)}");
    }

    private void Read(string? line, TaskCompletionSource ready)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line.StartsWith("Open ", StringComparison.Ordinal))
        {
            ready.TrySetResult();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
