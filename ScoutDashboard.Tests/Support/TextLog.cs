using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ScoutDashboard.Tests.Support;

/// <summary>Keeps all that is logged, as text, until it is disposed of: what logs may live on, for EF Core keeps each application's loggers for as long as the process runs.</summary>
public sealed class TextLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public byte[] Content => Encoding.UTF8.GetBytes(string.Join('\n', Lines));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{formatter(state, exception)} {exception}");

    public void Dispose()
    {
        Lines.Clear();
        GC.SuppressFinalize(this);
    }
}
