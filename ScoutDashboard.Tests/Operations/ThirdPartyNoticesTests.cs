using ScoutDashboard.Operations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Operations;

/// <summary>Holds the list of the software of others against the lock file and against what each package says of itself.</summary>
public sealed class ThirdPartyNoticesTests
{
    // Whoever adds a package of another licence decides first whether an Apache-2.0 program may hold it, and adds the text that it demands.
    private static readonly Dictionary<string, string> KnownLicenses = new()
    {
        ["MIT"] = "Permission is hereby granted, free of charge, to any person",
        ["BSD-2-Clause"] = "Redistributions in binary form must reproduce",
        ["BSD-3-Clause"] = "Neither the name of the copyright holder",
        ["Apache-2.0"] = "Licensed under the Apache License, Version 2.0",
    };

    private static readonly IReadOnlyList<LockedPackage> Locked = LockedPackages.Read();

    [Fact]
    public void TheTableHasARowForEachLockedPackageThatSaysWhatThePackageSays() =>
        Assert.Equal(Locked.Select(package => package.Row), File.ReadLines(Path.Combine(Folder, "THIRD-PARTY-NOTICES.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1));

    [Fact]
    public void EveryLicenceIsKnown() => Assert.DoesNotContain(Locked, package => !KnownLicenses.ContainsKey(package.License));

    [Fact]
    public void TheTextOfEachLicenceStandsUnderItsName()
    {
        var sections = ThirdPartyNotices.Texts.Split("## ", StringSplitOptions.RemoveEmptyEntries).ToDictionary(section => section.Split('\n')[0]);

        Assert.Equal(KnownLicenses.Keys.Order(), sections.Keys.Order());
        Assert.All(KnownLicenses, license => Assert.Contains(license.Value, sections[license.Key], StringComparison.Ordinal));
        Assert.DoesNotContain("Neither the name", sections["BSD-2-Clause"], StringComparison.Ordinal);
    }

    [Fact]
    public void WhatPackagesTellOfOthersInThemIsKeptWordForWord()
    {
        var kept = Directory.EnumerateFiles(Folder, "*.txt").Select(Words).ToHashSet();

        Assert.Empty(Locked.Where(package => package is { IsShipped: true, Notices: not null } && !kept.Contains(Words(package.Notices))).Select(package => package.Name));
    }

    [Fact]
    public void ThePublishedProgramBringsTheNoticesAndItsOwnLicence() =>
        Assert.Equal(
            ["ASP.NET-Core.txt", "LICENSE", "OpenTelemetry.txt", "THIRD-PARTY-NOTICES.md", "dotnet-runtime.txt"],
            Directory.EnumerateFiles(Path.Combine(Path.GetDirectoryName(BuildFacts.AppAssembly)!, "Licences")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    private static string Folder => Path.Combine(BuildFacts.Repository, "ScoutDashboard/Licences");

    private static string Words(string file) => string.Join(' ', File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
