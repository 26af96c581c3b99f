using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Support;

/// <summary>The application as a process of its own, as a user starts it; killed without warning on demand, its data folder kept. At its end no secret of the suite may stand in its data folder or on its console.</summary>
public sealed class AppProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2), Limit = TimeSpan.FromMinutes(4), Between = TimeSpan.FromMilliseconds(100);

    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly StringBuilder _output = new();
    private Process? _process;

    private AppProcess(string dataDirectory, IReadOnlyDictionary<string, string> settings)
    {
        DataDirectory = dataDirectory;
        _settings = settings;
        Address = new Uri($"http://127.0.0.1:{FreePort()}/");
    }

    public Uri Address { get; }

    public string DataDirectory { get; }

    /// <summary>The one-time link that the process printed, while no account exists.</summary>
    public Uri? SetupLink { get; private set; }

    /// <summary>Everything that the process wrote to its console so far.</summary>
    public string Output
    {
        get { lock (_output) { return _output.ToString(); } }
    }

    /// <summary>Memory that the process holds now, bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process!.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <param name="settings">As environment variables.</param>
    /// <param name="prepare">Fills the data folder before the first start.</param>
    public static async Task<AppProcess> StartAsync(IReadOnlyDictionary<string, string> settings, Func<string, Task>? prepare = null)
    {
        var app = new AppProcess(Directory.CreateTempSubdirectory("scout-app-").FullName, settings);
        await (prepare?.Invoke(app.DataDirectory) ?? Task.CompletedTask);
        await app.StartAgainAsync();
        return app;
    }

    /// <summary>Starts the process on the same data folder and address; the task ends once it answers.</summary>
    public Task StartAgainAsync()
    {
        var assembly = BuildFacts.AppAssembly;
        // Another folder than the project's, so that nothing may depend on where a user stands.
        var start = new ProcessStartInfo("dotnet", [assembly]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = DataDirectory };
        start.Environment["Scout__DataDirectory"] = DataDirectory;
        start.Environment["ASPNETCORE_URLS"] = Address.GetLeftPart(UriPartial.Authority);
        start.Environment.Remove("ASPNETCORE_ENVIRONMENT");
        foreach (var (key, value) in _settings)
        {
            start.Environment[key] = value;
        }

        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Read(line.Data, ready);
        process.ErrorDataReceived += (_, line) => Read(line.Data, ready);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The application ended at start:\n{Output}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        return ready.Task.WaitAsync(StartLimit);
    }

    /// <summary>Waits until something is true of the database.</summary>
    /// <param name="atMost">How long it may take; 4 minutes unless told.</param>
    public async Task UntilAsync(Func<ScoutDb, Task<bool>> isReached, TimeSpan? atMost = null)
    {
        using var limit = new CancellationTokenSource(atMost ?? Limit);
        while (true)
        {
            await using (var db = OpenDatabase())
            {
                if (await isReached(db))
                {
                    return;
                }
            }

            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"It did not come. The application said:\n{Output}");
            }

            await Task.Delay(Between, CancellationToken.None);
        }
    }

    /// <summary>The process's database.</summary>
    public ScoutDb OpenDatabase() => new SqliteScoutDb(new DbContextOptionsBuilder<SqliteScoutDb>()
        .UseSqlite(new SqliteConnectionStringBuilder { DataSource = Path.Combine(DataDirectory, "scout.db"), Pooling = false }.ToString()).Options);

    /// <summary>Kills the process as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Asks the process to stop as <c>docker stop</c> does, and returns its exit code; it must have ended within 10 seconds.</summary>
    public async Task<int> StopAsync()
    {
        using var signal = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        try
        {
            await LearnAsync();
            SecretSearch.Check([("console", Encoding.UTF8.GetBytes(Output)), .. SecretSearch.FilesOf(DataDirectory)]);
        }
        finally
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    /// <summary>The database and the keys of a data folder, as the product opens them.</summary>
    public static ServiceProvider ServicesOf(string folder)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddScoutData(Path.Combine(folder, "scout.db"));
        services.AddScoutKeys(folder, new ScoutOptions());
        return services.BuildServiceProvider();
    }

    private async Task LearnAsync()
    {
        await using var services = ServicesOf(DataDirectory);
        try
        {
            await ClosedSecrets.LearnAsync(services);
        }
        catch (SqliteException)
        {
            // A database that a test broke, or that was never made: what its files hold is searched all the same.
        }
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

        // The last line of the start: the one-time link while there is no account, else the address.
        if (line.StartsWith("Open ", StringComparison.Ordinal))
        {
            SetupLink = new Uri(line["Open ".Length..]);
            TestSecrets.Know("one-time link", SetupLink.Query.Split('=')[^1]);
            ready.TrySetResult();
        }
        else if (line.StartsWith("ScoutDashboard is ready: ", StringComparison.Ordinal))
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
