using System.Runtime.CompilerServices;
using Bunit;

namespace ScoutDashboard.Tests.Support;

/// <summary>How long a component test waits for what must come: long, for a machine may be busy; what comes is not waited for any longer.</summary>
internal static class WaitLimit
{
    [ModuleInitializer]
    internal static void Set() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(30);
}
