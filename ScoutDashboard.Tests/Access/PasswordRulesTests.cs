using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Access;

public sealed class PasswordRulesTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ScoutApp _app = new();

    [Theory]
    [InlineData("jennifer1234")]
    [InlineData("Basketball12")]
    [InlineData("liverpool123!")]
    [InlineData("1qaz2wsx3edc")]
    [InlineData("123456789012")]
    [InlineData("Summer-2026!!")]
    [InlineData("P-a-s-s-w-o-r-d-1")]
    [InlineData("qwertyqwerty1")]
    [InlineData("abcabcabcabcabc")]
    [InlineData("!!!!dragon!!!!")]
    [InlineData("michael.rose1")]
    [InlineData("leavemealone")]
    [InlineData("PolniyPizdec0211")]
    [InlineData("Final-Fantasy!7")]
    [InlineData("gfhjkmgfhjkm")]
    public async Task WhatIsTriedFirstIsRefusedWhateverIsAddedToIt(string password) => Assert.False((await CheckAsync(password)).Succeeded);

    [Theory]
    [InlineData("violet teapot on a bicycle")]
    [InlineData("dragon kettle summer lantern")]
    [InlineData("f7Kq-29zL-mmXe-T04b")]
    [InlineData("Zirkuspferd steht im Regen")]
    [InlineData("雨の日の図書館で読む本とお茶")]
    public async Task APassphraseIsTakenAlsoWithACommonWordInIt(string password) => Assert.True((await CheckAsync(password)).Succeeded);

    // OWASP ASVS 5.0 6.2.4 asks for 3,000 of those that the minimum length lets pass.
    [Fact]
    public async Task TheThreeThousandThatLeakMostAndAreLongEnoughAreRefused()
    {
        using var reader = new StreamReader(typeof(PasswordRules).Assembly.GetManifestResourceStream("CommonPasswords.txt")!);
        var leaked = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(password => password.Length >= PasswordRules.MinimumLength).Distinct().Take(3000).ToList();

        Assert.Equal(3000, leaked.Count);
        foreach (var password in leaked)
        {
            Assert.False((await CheckAsync(password.ToUpperInvariant())).Succeeded, password);
        }
    }

    public Task InitializeAsync() => _app.SetUpAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IdentityResult> CheckAsync(string password)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        return await new PasswordRules().ValidateAsync(scope.ServiceProvider.GetRequiredService<UserManager<Account>>(), new Account { UserName = "grace" }, password);
    }
}
