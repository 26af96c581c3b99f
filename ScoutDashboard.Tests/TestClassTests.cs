namespace ScoutDashboard.Tests;

/// <summary>What holds for the tests themselves.</summary>
public sealed class TestClassTests
{
    [Fact]
    public void NoTestClassWaitsToBeDisposedOfInAWayThatTheRunnerDoesNotKnow() =>
        // xunit 2 asks IDisposable and IAsyncLifetime only; what such a class holds would lie in the temporary folder for ever.
        Assert.DoesNotContain(typeof(TestClassTests).Assembly.GetTypes(), type =>
            type.IsAssignableTo(typeof(IAsyncDisposable)) && !type.IsAssignableTo(typeof(IDisposable)) && !type.IsAssignableTo(typeof(IAsyncLifetime))
            && type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute), inherit: true)));
}
