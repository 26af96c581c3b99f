using System.Text.RegularExpressions;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests;

public sealed partial class TestSecretTests
{
    // What the search itself is tried with, and this.
    private static readonly string[] Exempt = [$"{nameof(SecretFormsTests)}.cs", $"{nameof(TestSecretTests)}.cs"];

    [Fact]
    public void NoTestWritesASecretDownWhereNobodyLooksForIt()
    {
        var files = Directory.EnumerateFiles(Path.Combine(BuildFacts.Repository, "ScoutDashboard.Tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Exempt.Contains(Path.GetFileName(file)) && !file.Contains("/obj/", StringComparison.Ordinal)).ToList();

        Assert.True(files.Count > 300);
        var literals = from file in files
                       from line in File.ReadLines(file)
                       where IsLiteral(line)
                       select $"{Path.GetFileName(file)}: {line.Trim()}";
        Assert.True(!literals.Any(), $"Take these from TestSecrets:\n{string.Join('\n', literals)}");
    }

    [Theory]
    [InlineData("""Fields(password: "otter lantern")""")]
    [InlineData("""private const string ClientSecret = "otter";""")]
    [InlineData("""["Input.Password"] = "otter",""")]
    [InlineData("""["OpenIdConnect__ClientSecret"] = $"otter {number}",""")]
    [InlineData("""new RegistryCredentials(AzureNames.Token, "otter")""")]
    [InlineData("""Tokens.StoreAsync(Ada, id, host, AzureNames.Token, "otter", null)""")]
    [InlineData("""World.SetPassword(_token, "password1", "otter");""")]
    [InlineData("""new PersonToken("otter", issuer)""")]
    public void ALiteralIsSeen(string line) => Assert.True(IsLiteral(line));

    [Theory]
    [InlineData("""Fields(password: TestSecrets.Of("wrong password"))""")]
    [InlineData("""row.TokenPassword == "password1" """)]
    [InlineData("""World.SetPassword(_token, "password1", TestSecrets.Of("somebody"), "2026-11-01T00:00:00Z");""")]
    [InlineData("""PasswordHash = "kept" """)]
    [InlineData("""(AzureNames.Token, "It is still there.")""")]
    public void WhatIsNoneIsLetBe(string line) => Assert.False(IsLiteral(line));

    private static bool IsLiteral(string line) => Named().IsMatch(line) || Passed().IsMatch(line);

    // A name that says what it holds, and a text that is given to it.
    [GeneratedRegex("""(password|secret|apikey|passphrase|bearer|accesstoken|refreshtoken)("\])?\s*(=|:)\s*\$?"(?!https:)[^"]""", RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    // Where a secret has its place among others.
    [GeneratedRegex("""new RegistryCredentials\([^,()]+, "|StoreAsync\(.*AzureNames\.Token, "|SetPassword\([^"]+, "[^"]*", "|new PersonToken\(\$?"|ConsentAsync\([^,()]+, \$?"[^/]""")]
    private static partial Regex Passed();
}
