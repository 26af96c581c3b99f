using System.Security.Cryptography;
using Azure.Core;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Azure;
using ScoutDashboard.Operations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests;

public sealed class VaultProtectionTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-vault-");
    private readonly Caller _caller = new();
    private VaultDouble _vault = null!;

    public async Task InitializeAsync() => _vault = await VaultDouble.StartAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _vault.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void TheVaultsKeyClosesTheKeysAndOpensThem()
    {
        var closed = Protector(_vault.Key).Protect("secret");

        Assert.Equal("secret", Protector(_vault.Key).Unprotect(closed));
        Assert.Contains(VaultXmlEncryptor.ElementName, Keys(), StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", Keys(), StringComparison.Ordinal);
        Assert.DoesNotContain("<value>", Keys(), StringComparison.Ordinal);
        Assert.Equal("https://0.0.1/.default", Assert.Single(_caller.Scopes.Distinct()));
    }

    [Fact]
    public void WhatAnOlderVersionOfTheKeyClosedItOpens()
    {
        var closed = Protector(_vault.Key).Protect("secret");
        _vault.Turn();

        Assert.Equal("secret", Protector(_vault.Key).Unprotect(closed));
        Assert.All(_vault.Opened, version => Assert.Equal("00000000000000000000000000000001", version));
    }

    [Fact]
    public void KeysThatLayOpenStayReadable()
    {
        var closed = Protector().Protect("secret");

        Assert.Equal("secret", Protector(_vault.Key).Unprotect(closed));
    }

    [Fact]
    public void WithoutTheVaultsKeyNothingStarts()
    {
        var closed = Protector(_vault.Key).Protect("secret");
        var asked = _vault.Asked;

        Assert.Contains($"closed by {_vault.Key}/00000000000000000000000000000001. Add it to Scout__KeyVaultKey", Assert.Throws<StartupException>(() => Protector()).Message, StringComparison.Ordinal);
        Assert.Throws<StartupException>(() => Protector(_vault.Key.Replace("keys/scout", "keys/other", StringComparison.Ordinal)));
        Assert.Equal(asked, _vault.Asked);
        Assert.Equal("secret", Protector("https://contoso.vault.azure.net/keys/next", _vault.Key).Unprotect(closed));
    }

    [Fact]
    public async Task AKeyThatNamesAnotherVaultMakesNobodyAskIt()
    {
        await using var other = await VaultDouble.StartAsync();
        var protector = Protector(_vault.Key);
        // Changed while the program runs: the check at start did not see it.
        Protector(_vault.Key).Protect("secret");
        var file = Directory.EnumerateFiles(Path.Combine(_folder.FullName, "keys")).Single();
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace(_vault.Key, other.Key, StringComparison.Ordinal));

        Assert.NotEmpty(protector.Protect("of a key that is new"));
        Assert.Equal(0, other.Asked);
        Assert.Empty(_vault.Opened);
    }

    [Theory]
    [InlineData("tag")]
    [InlineData("nonce")]
    [InlineData("closed")]
    [InlineData("wrapped")]
    public void AKeyThatWasChangedIsNotOpened(string part)
    {
        var closed = Protector(_vault.Key).Protect("secret");
        var file = Directory.EnumerateFiles(Path.Combine(_folder.FullName, "keys")).Single();
        var text = File.ReadAllText(file);
        var at = text.IndexOf($"<{part}>", StringComparison.Ordinal) + part.Length + 2;
        File.WriteAllText(file, $"{text[..at]}{(text[at] == 'A' ? 'B' : 'A')}{text[(at + 1)..]}");

        Assert.ThrowsAny<CryptographicException>(() => Protector(_vault.Key).Unprotect(closed));
    }

    [Theory]
    [InlineData("wrapkey")]
    [InlineData("unwrapkey")]
    public async Task AVaultThatDoesOnlyHalfOfItIsToldAtStartAndNothingIsStoredOpen(string forbidden)
    {
        _vault.Forbidden.Add(forbidden);
        await using var services = Services(_vault.Key);

        var fault = await Assert.ThrowsAsync<StartupException>(() => KeyProtection.CheckVaultAsync(services, CancellationToken.None));

        Assert.StartsWith(_vault.Key, fault.Message, StringComparison.Ordinal);
        Assert.Contains(", of Scout__KeyVaultKey, can't be used", fault.Message, StringComparison.Ordinal);
        Assert.Contains("may not do this (403)", fault.Message, StringComparison.Ordinal);
        _vault.Forbidden.Add("wrapkey");
        Assert.Throws<CryptographicException>(() => Protector(_vault.Key).Protect("secret"));
        Assert.DoesNotContain("<value>", Keys(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AVaultThatDoesBothIsFine()
    {
        await using var services = Services(_vault.Key);

        await KeyProtection.CheckVaultAsync(services, CancellationToken.None);

        Assert.Single(_vault.Opened);
        // Closed and opened with one token.
        Assert.Single(_caller.Scopes);
    }

    [Fact]
    public async Task AKeyOfBeforeThatCanNotBeOpenedIsToldAtStart()
    {
        Protector(_vault.Key).Protect("secret");
        _vault.Turn();
        await using var services = Services(_vault.Key);
        await KeyProtection.CheckVaultAsync(services, CancellationToken.None);
        _vault.Forbidden.Add("00000000000000000000000000000001/unwrapkey");

        var fault = await Assert.ThrowsAsync<StartupException>(() => KeyProtection.CheckVaultAsync(services, CancellationToken.None));

        Assert.StartsWith($"{_vault.Key}/00000000000000000000000000000001, of", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AtStartNoVaultIsAskedThatIsNotNamedAndADamagedKeyIsTold()
    {
        await using var other = await VaultDouble.StartAsync();
        Protector(_vault.Key).Protect("secret");
        await using var services = Services(_vault.Key);
        var file = Directory.EnumerateFiles(Path.Combine(_folder.FullName, "keys")).Single();
        var text = await File.ReadAllTextAsync(file);
        // Under a name that the first look passes over.
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "keys", "old.xml"), text.Replace(_vault.Key, other.Key, StringComparison.Ordinal));
        await KeyProtection.CheckVaultAsync(services, CancellationToken.None);
        Assert.Equal(0, other.Asked);

        await File.WriteAllTextAsync(file, text.Replace("<wrapped>", "<wrapped>!", StringComparison.Ordinal));
        Assert.Contains("is damaged", (await Assert.ThrowsAsync<StartupException>(() => KeyProtection.CheckVaultAsync(services, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFaultOfAMomentIsTriedAgain()
    {
        var closed = Protector(_vault.Key).Protect("secret");
        _vault.Faults = 2;

        Assert.Equal("secret", Protector(_vault.Key).Unprotect(closed));
        Assert.True(_vault.Faults < 0);
    }

    [Fact]
    public async Task TheProgramDoesNotStartWithoutAnIdentityOrWithOneThatIsNone()
    {
        var settings = new Dictionary<string, string> { ["Scout__DataDirectory"] = _folder.FullName, ["Scout__KeyVaultKey"] = "https://contoso.vault.azure.net/keys/scout" };
        var without = await ShellRun.RunAsync(_folder.FullName, settings);
        settings["Azure__Identity"] = "environment";
        var none = await ShellRun.RunAsync(_folder.FullName, settings);

        Assert.Equal(1, without.ExitCode);
        Assert.Contains("Scout__KeyVaultKey needs Azure__Identity", without.Error, StringComparison.Ordinal);
        Assert.Equal(1, none.ExitCode);
        Assert.StartsWith("https://contoso.vault.azure.net/keys/scout, of Scout__KeyVaultKey, can't be used", none.Error, StringComparison.Ordinal);
        Assert.Contains("The dashboard's Azure identity can't be used", none.Error, StringComparison.Ordinal);
        var verb = Assert.Throws<StartupException>(() => ScoutShell.Services(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value))).Build()));
        Assert.Equal(none.Error.Trim(), verb.Message);
    }

    [Theory]
    [InlineData("https://contoso.vault.azure.net/keys/scout", "https://vault.azure.net/.default")]
    [InlineData("https://contoso.vault.azure.net/keys/scout/0123456789abcdef0123456789abcdef", "https://vault.azure.net/.default")]
    [InlineData("https://contoso.managedhsm.azure.net/keys/scout", "https://managedhsm.azure.net/.default")]
    [InlineData("https://contoso.vault.usgovcloudapi.net/keys/scout", "https://vault.usgovcloudapi.net/.default")]
    public void AKeyIsReadByItsAddress(string text, string scope)
    {
        Assert.True(VaultKey.TryParse(text, out var key));
        Assert.Equal((scope, text), (key.Scope, key.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("contoso.vault.azure.net/keys/scout")]
    [InlineData("http://contoso.vault.azure.net/keys/scout")]
    [InlineData("https://contoso/keys/scout")]
    [InlineData("https://u:p@contoso.vault.azure.net/keys/scout")]
    [InlineData("https://contoso.vault.azure.net/keys/scout?x=1")]
    [InlineData("https://contoso.vault.azure.net/secrets/scout")]
    [InlineData("https://contoso.vault.azure.net/keys/scout/1/2")]
    [InlineData("https://contoso.vault.azure.net/keys/")]
    [InlineData("https://contoso.vault.azure.net/keys/sc%2Fout")]
    public void NothingElseIsReadAsAKey(string? text) => Assert.False(VaultKey.TryParse(text, out _));

    // As a process that starts anew.
    private IDataProtector Protector(params string[] keys) => Services(keys).GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    private ServiceProvider Services(params string[] keys)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new HastyClock());
        services.AddScoutAzure(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Azure:Identity"] = "managed" }).Build());
        services.AddSingleton<Func<ArmEndpoint, TokenCredential>>(_ => _caller);
        services.AddHttpClient(ArmHttp.ClientName).ConfigurePrimaryHttpMessageHandler(_vault.Trusting);
        services.AddScoutKeys(_folder.FullName, new ScoutOptions { KeyVaultKey = keys });
        return services.BuildServiceProvider();
    }

    private string Keys() => string.Concat(Directory.EnumerateFiles(Path.Combine(_folder.FullName, "keys")).Select(File.ReadAllText));

    private sealed class Caller : TokenCredential
    {
        public List<string> Scopes { get; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.AddRange(requestContext.Scopes);
            return new(VaultDouble.Token, DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}
