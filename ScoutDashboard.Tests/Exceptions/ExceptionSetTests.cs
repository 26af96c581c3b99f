using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;

namespace ScoutDashboard.Tests.Exceptions;

public sealed class ExceptionSetTests
{
    private const string Cve = "CVE-2024-0001";
    private const string OpenSsl = "pkg:deb/debian/openssl";
    private static readonly DateTime Now = new(2026, 6, 15, 12, 0, 0, DateTimeKind.Utc);
    private static readonly ImagePlace App = new("contoso.azurecr.io", "team/app", "sha256:aa");

    // What differs between the exception and a finding of CVE-2024-0001 in openssl 3.0.1 in team/app@sha256:aa, and what comes of it; null: it applies.
    public static TheoryData<string, ExceptionMiss?> Cases => new()
    {
        { "nothing", null },
        { "any package", null },
        { "any image of the repository", null },
        { "any image of the organization", null },
        { "the package in another version", null },
        { "the package with another architecture", null },
        { "a package whose name begins alike", ExceptionMiss.OtherPackage },
        { "a package of that name of another ecosystem", ExceptionMiss.OtherPackage },
        { "a package of that name of another scope", ExceptionMiss.OtherPackage },
        { "another image of the repository", ExceptionMiss.OtherImage },
        { "the same digest in another repository", ExceptionMiss.OtherRepository },
        { "the same repository in another registry", ExceptionMiss.OtherRepository },
        { "another repository, whatever the image", ExceptionMiss.OtherRepository },
        { "a tick before it expires", null },
        { "the instant at which it expires", ExceptionMiss.Expired },
        { "ended", ExceptionMiss.Ended },
        { "ended before it would expire", ExceptionMiss.Ended },
        { "expired and for another package", ExceptionMiss.OtherPackage },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void WhatAnExceptionSaysOfAFinding(string difference, ExceptionMiss? miss)
    {
        var rule = Rule(1);
        (rule.Registry, rule.Repository, rule.Digest, rule.Package) = (App.Registry, App.Repository, App.Digest, OpenSsl);
        var subject = new ExceptionSubject([Cve], OpenSsl + "@3.0.1?arch=amd64&distro=debian-12", App);
        switch (difference)
        {
            case "any package": rule.Package = null; break;
            case "any image of the repository": rule.Digest = null; subject = subject with { Place = App with { Digest = "sha256:bb" } }; break;
            case "any image of the organization": (rule.Registry, rule.Repository, rule.Digest) = (null, null, null); subject = subject with { Place = new ImagePlace("fabrikam.azurecr.io", "other", "sha256:bb") }; break;
            case "the package in another version": subject = subject with { Purl = OpenSsl + "@3.0.2" }; break;
            case "the package with another architecture": subject = subject with { Purl = OpenSsl + "@3.0.1?arch=arm64" }; break;
            case "a package whose name begins alike": subject = subject with { Purl = OpenSsl + "-provider@3.0.1" }; break;
            case "a package of that name of another ecosystem": subject = subject with { Purl = "pkg:apk/alpine/openssl@3.0.1" }; break;
            case "a package of that name of another scope": subject = subject with { Purl = "pkg:npm/%40evil/openssl@3.0.1" }; rule.Package = "pkg:npm/openssl"; break;
            case "another image of the repository": subject = subject with { Place = App with { Digest = "sha256:bb" } }; break;
            case "the same digest in another repository": subject = subject with { Place = App with { Repository = "team/copy" } }; break;
            case "the same repository in another registry": subject = subject with { Place = App with { Registry = "fabrikam.azurecr.io" } }; break;
            case "another repository, whatever the image": rule.Digest = null; subject = subject with { Place = App with { Repository = "team/app2" } }; break;
            case "a tick before it expires": rule.ExpiresAt = Now.AddTicks(1); break;
            case "the instant at which it expires": rule.ExpiresAt = Now; break;
            case "ended": rule.EndedAt = Now.AddDays(-1); break;
            case "ended before it would expire": (rule.EndedAt, rule.ExpiresAt) = (Now.AddDays(-9), Now.AddDays(-2)); break;
            case "expired and for another package": (rule.ExpiresAt, rule.Package) = (Now.AddDays(-1), "pkg:deb/debian/curl"); break;
        }

        var set = new ExceptionSet([rule], Now);
        var verdict = set.Judge(subject);

        Assert.Equal(miss is null, verdict.Applied == rule);
        Assert.Equal(miss is null ? [] : [miss.Value], verdict.Missed.Select(missed => missed.Why));
        Assert.Same(verdict.Applied, set.Find(subject));
    }

    [Fact]
    public void AnExceptionOnAnotherVulnerabilitySaysNothing()
    {
        var set = new ExceptionSet([Rule(1)], Now);

        Assert.Equal((null, 0), (set.Judge(Finding("CVE-2024-00011")).Applied, set.Judge(Finding("CVE-2024-00011")).Missed.Count));
        Assert.Null(set.Find(Finding("cve-2024-0001")));
    }

    [Theory]
    [InlineData("CVE-2024-0001", "CVE-2024-0001", "CVE-2024-0002")]
    [InlineData("CVE-2024-0002", "CVE-2024-0001", "CVE-2024-0002")]
    [InlineData("GHSA-aaaa-bbbb-cccc", "CVE-2024-0001")]
    public void AnExceptionUnderAnyNameOfTheVulnerabilityApplies(string named, params string[] found)
    {
        var rule = Rule(1);
        rule.VulnerabilityId = named;
        if (named.StartsWith("GHSA", StringComparison.Ordinal))
        {
            // The CVE that it was given later.
            rule.OtherNames.Add(new ExceptionName { Name = Cve });
        }

        Assert.Same(rule, new ExceptionSet([rule], Now).Find(Finding(found)));
    }

    [Fact]
    public void OfTwoExceptionsOneThatExpiredDoesNotHideTheOtherAndIsToldWithItsReason()
    {
        var (old, valid) = (Rule(2), Rule(1));
        old.ExpiresAt = Now.AddDays(-1);

        var verdict = new ExceptionSet([old, valid], Now).Judge(Finding(Cve));

        Assert.Same(valid, verdict.Applied);
        Assert.Equal([(old, ExceptionMiss.Expired)], verdict.Missed.Select(missed => (missed.Rule, missed.Why)));
    }

    [Fact]
    public void OfSeveralThatApplyTheNarrowestIsTold()
    {
        var (everywhere, repository, image, package) = (Rule(4), Rule(3), Rule(2), Rule(1));
        (repository.Registry, repository.Repository) = (App.Registry, App.Repository);
        (image.Registry, image.Repository, image.Digest) = (App.Registry, App.Repository, App.Digest);
        (package.Registry, package.Repository, package.Digest, package.Package) = (App.Registry, App.Repository, App.Digest, OpenSsl);
        List<ExceptionRule> rules = [everywhere, repository, image, package];

        for (var narrowest = package; rules.Count > 0; narrowest = rules.LastOrDefault())
        {
            Assert.Same(narrowest, new ExceptionSet(rules, Now).Find(Finding(Cve)));
            rules.RemoveAt(rules.Count - 1);
        }
    }

    [Fact]
    public void OfTwoThatAreAsWideOneForThePackageIsToldElseTheNewest()
    {
        var (package, older, newer) = (Rule(1), Rule(2), Rule(3));
        package.Package = OpenSsl;

        Assert.Same(package, new ExceptionSet([newer, older, package], Now).Find(Finding(Cve)));
        Assert.Same(newer, new ExceptionSet([older, newer], Now).Find(Finding(Cve)));
    }

    [Theory]
    [InlineData(0, ExceptionState.Expired)]
    [InlineData(1, ExceptionState.Expiring)]
    [InlineData(14, ExceptionState.Expiring)]
    [InlineData(15, ExceptionState.Active)]
    public void AnEndThatIsNearIsWarnedOf(int days, ExceptionState state)
    {
        var rule = Rule(1);
        rule.ExpiresAt = Now.AddDays(days);

        Assert.Equal(state, ExceptionStates.Of(rule, Now));
        // The database says the same.
        Assert.Equal([state], Enum.GetValues<ExceptionState>().Where(one => new[] { rule }.AsQueryable().In(one, Now).Any()));
        Assert.Equal(state != ExceptionState.Expired, new[] { rule }.AsQueryable().InForce(Now).Any());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(30)]
    public void OneThatIsEndedIsInNoOtherStateWheneverItWouldExpire(int? days)
    {
        var rule = Rule(1);
        (rule.EndedAt, rule.ExpiresAt) = (Now.AddDays(-2), days is { } left ? Now.AddDays(left) : null);

        Assert.Equal(ExceptionState.Ended, ExceptionStates.Of(rule, Now));
        Assert.Equal([ExceptionState.Ended], Enum.GetValues<ExceptionState>().Where(one => new[] { rule }.AsQueryable().In(one, Now).Any()));
        Assert.False(new[] { rule }.AsQueryable().InForce(Now).Any());
    }

    [Theory]
    [InlineData("pkg:deb/debian/openssl@3.0.1-1?arch=amd64&distro=debian-12", "pkg:deb/debian/openssl")]
    [InlineData("pkg:npm/%40babel/core@7.0.0", "pkg:npm/%40babel/core")]
    [InlineData("pkg:npm/@babel/core@7.0.0", "pkg:npm/%40babel/core")]
    [InlineData("pkg:npm/%40babel/core", "pkg:npm/%40babel/core")]
    [InlineData("pkg:golang/github.com/gin-gonic/gin@v1.9.0#internal", "pkg:golang/github.com/gin-gonic/gin")]
    [InlineData("pkg:generic/node?x=1", "pkg:generic/node")]
    [InlineData("openssl", null)]
    [InlineData("pkg:deb", null)]
    [InlineData("", null)]
    public void APackageScopeIsAPackageUrlWithoutVersion(string purl, string? scope)
    {
        Assert.Equal(scope is not null, PackageScope.TryParse(purl, out var read));
        Assert.Equal(scope, read);
    }

    private static ExceptionSubject Finding(params string[] names) => new(names, OpenSsl + "@3.0.1", App);

    private static ExceptionRule Rule(long id) => new() { Id = id, OrganizationId = 1, VulnerabilityId = Cve, Details = "why", CreatedBy = "eve", CreatedAt = Now };
}
