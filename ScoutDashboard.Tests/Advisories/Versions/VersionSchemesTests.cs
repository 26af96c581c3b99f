using CsCheck;
using ScoutDashboard.Advisories.Versions;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class VersionSchemesTests
{
    [SharedTheory]
    [InlineData("dpkg", "Debian")]
    [InlineData("apk", "Alpine")]
    [InlineData("rpm", "AlmaLinux")]
    [InlineData("semver", "npm")]
    [InlineData("nuget", "NuGet")]
    [InlineData("pep440", "PyPI")]
    [InlineData("maven", "Maven")]
    [InlineData("rubygems", "RubyGems")]
    [InlineData("packagist", "Packagist")]
    public void EveryLineOfTheSharedVectorsHolds(string file, string ecosystem)
    {
        var lines = File.ReadAllLines(SharedData.PathOf("vectors", file + ".txt"));
        Assert.True(lines.Length > 1000, "The vectors are cut.");
        Assert.Empty(VersionVectors.Wrong(VersionSchemes.Find(ecosystem)!, lines));
    }

    [Theory]
    [InlineData("Debian", "dpkg")]
    [InlineData("Ubuntu", "dpkg")]
    [InlineData("Alpine", "apk")]
    [InlineData("Wolfi", "apk")]
    [InlineData("Chainguard", "apk")]
    [InlineData("AlmaLinux", "rpm")]
    [InlineData("Rocky Linux", "rpm")]
    [InlineData("Red Hat", "rpm")]
    [InlineData("SUSE", "rpm")]
    [InlineData("openSUSE", "rpm")]
    [InlineData("Azure Linux", "rpm")]
    [InlineData("Photon OS", "rpm")]
    [InlineData("openEuler", "rpm")]
    [InlineData("Mageia", "rpm")]
    [InlineData("npm", "semver")]
    [InlineData("crates.io", "semver")]
    [InlineData("Go", "go")]
    [InlineData("Pub", "pub")]
    [InlineData("Echo", "dpkg")]
    [InlineData("MinimOS", "apk")]
    [InlineData("Alpaquita", "apk")]
    [InlineData("BellSoft Hardened Containers", "apk")]
    [InlineData("Bitnami", "bitnami")]
    [InlineData("Hex", "semver")]
    [InlineData("NuGet", "nuget")]
    [InlineData("PyPI", "pep440")]
    [InlineData("Maven", "maven")]
    [InlineData("RubyGems", "rubygems")]
    [InlineData("Packagist", "packagist")]
    [InlineData("ConanCenter", "conan")]
    public void EachEcosystemHasTheSchemeOfItsOwnTools(string ecosystem, string scheme) =>
        Assert.Equal(scheme, VersionSchemes.Find(ecosystem)?.Name);

    [Theory]
    [InlineData("CRAN")]
    [InlineData("Debian:12")]
    [InlineData("NPM")]
    [InlineData("")]
    public void AnEcosystemWithoutSchemeHasNone(string ecosystem) => Assert.Null(VersionSchemes.Find(ecosystem));

    /// <param name="ecosystem">Whose scheme.</param>
    /// <param name="alphabet">Characters, or words between blanks, of any of which a version in four is made: many are none.</param>
    /// <param name="slots">Of each slot between blanks one choice makes the other three: those are versions, and near to one another.</param>
    [Theory]
    [InlineData("Debian", "0123459aABz.+-~:", "1:|0:| 0|1|2|10|01 .0|.1|~rc1|+b1|a|~~| -1|-0|-1ubuntu2|.z|")]
    [InlineData("Alpine", "01239.-rab_palhetc~", "0|1|2|10 .0|.1|.01|.001|.10| a|b|_rc1|_p0|_alpha|_git2| _p1|_rc|~ab|~cd| -r0|-r1|-r10|")]
    [InlineData("AlmaLinux", "0129aB~^-_.:β", "1:|0:| 0|1|2|10|01 .0|.1|~rc1|^git1|a|_| -1|-0|-1.el8|-1.el9_2|")]
    [InlineData("npm", "0129.-+vaBZ", "0|1|v1|10 .0|.1|.10 .0|.2|.10 -0|-1|-a|-a.1|-1.a|-A|-a-b| +b|+1|")]
    [InlineData("NuGet", "0129.-+aBZ", "0|1|01|10 .0|.1|.10| .0|.2|.00| .1|.0| -a|-A|-a.1|-rc.10|-1| +b|")]
    [InlineData("PyPI", "0129.-+_!abrcdevpost", "1!|0!| 0|1|v1|10 .0|.1|.0.0|.01| a|b1|rc|c2|-alpha-1|.pre| .post1|-1|.rev|post2| .dev|dev1|-dev.2| +a|+1.a|+A_1|")]
    [InlineData("Maven", "0 1 2 - . a foo alpha rc ga final snapshot sp x _ - . 1 0", "0|1|01|10 .0|.1|.10|.0.0| -alpha|-alpha-1|-rc1|-sp|.Final|-jre|-1|")]
    [InlineData("Bitnami", "0 1 . - - rc 12 123", "0|1|10 .0|.1|.12 .0|.2|.10 -0|-1|-12|-rc|-rc.1|-1234|")]
    [InlineData("Go", "0 1 . .0 rc beta 1 2 - + -rc.1 -0.20230101000000-abcdefabcdef go v", "0|1|v1|10 .0|.1|.21 .0|.2|.10 -rc.1|-0.20230101000000-abcdefabcdef|-0|| +incompatible|||")]
    [InlineData("Pub", "0 1 . .0 - + +1 +1.a -rc + a", "0|1|10 .0|.1|.10 .0|.2|.10 -rc|-rc.1|-0|-a| +1|+1.a|+a|+10|")]
    [InlineData("RubyGems", "0 0 1 9 . . . - a A rc pre", "0|1|01|10 .0|.1|.10| .0|.0.0|.a|.rc1|.B| -1|-a|.pre|.1|")]
    [InlineData("ConanCenter", "0 0 1 10 . . - + a 10a 9e cci _", "0|1|01|10|cci .0|.1|.1k|.10a|.9e| .0|.0.0|.2| -0|-rc.1|-rc.10|-a| +1|+a|+1.0|")]
    [InlineData("Packagist", "0 1 12 . . .0 - _ + a alpha b rc p patch dev -dev x stable", "0|1|v1|10 .0|.1|.12| .0|.2|.x-dev| -alpha|-beta2|-RC1|_p1|-dev|.0| +b|")]
    public void TheOrderIsReflexiveAntisymmetricAndTransitive(string ecosystem, string alphabet, string slots)
    {
        var scheme = VersionSchemes.Find(ecosystem)!;
        var parts = alphabet.Contains(' ', StringComparison.Ordinal) ? alphabet.Split(' ') : [.. alphabet.Select(character => character.ToString())];
        var choices = slots.Split(' ').Select(slot => slot.Split('|')).ToArray();
        var any = Gen.Select(Gen.Int[0, 12], Gen.Int[0, parts.Length - 1].Select(index => parts[index]).Array[0, 9], (number, tail) => $"{number}{string.Concat(tail)}");
        var valid = Gen.Int[0, 1000].Array[choices.Length].Select(picked => string.Concat(choices.Select((slot, at) => slot[picked[at] % slot.Length])));
        var versions = Gen.Select(Gen.Int[0, 3], any, valid, (kind, one, other) => kind == 0 ? one : other);
        var comparable = 0;
        Gen.Select(versions, versions, versions).Sample((a, b, c) =>
        {
            var (ab, ba, bc, ac) = (Sign(a, b), Sign(b, a), Sign(b, c), Sign(a, c));
            Assert.True(Sign(a, a) is 0 or null);
            Assert.Equal(ab, -ba);
            if (ab is not null && bc is not null)
            {
                Interlocked.Increment(ref comparable);
                // Two readable pairs share b: so all three are readable, and the third order exists.
                Assert.NotNull(ac);
                if (ab == bc || bc == 0)
                {
                    Assert.Equal(ab, ac);
                }
                else if (ab == 0)
                {
                    Assert.Equal(bc, ac);
                }
            }
        }, iter: 20_000, seed: "0000KOIPe263");
        Assert.True(comparable >= 5_000, $"{comparable} triples could be compared.");

        int? Sign(string left, string right) => VersionVectors.Sign(scheme.Compare(left, right));
    }

    [Theory]
    [InlineData("Debian")]
    [InlineData("Alpine")]
    [InlineData("AlmaLinux")]
    [InlineData("npm")]
    [InlineData("PyPI")]
    [InlineData("Maven")]
    [InlineData("RubyGems")]
    [InlineData("Packagist")]
    [InlineData("ConanCenter")]
    public void NumbersOfAnyLengthKeepTheirOrder(string ecosystem)
    {
        var big = new string('9', 100_000);
        Assert.True(VersionSchemes.Find(ecosystem)!.Compare($"1.{big}", $"1.1{new string('0', 100_000)}") < 0);
        Assert.True(VersionSchemes.Find(ecosystem)!.Compare($"1.{big}8", $"1.{big}7") > 0);
    }

    [Theory]
    [InlineData("Debian")]
    [InlineData("Alpine")]
    [InlineData("npm")]
    [InlineData("NuGet")]
    [InlineData("PyPI")]
    [InlineData("RubyGems")]
    [InlineData("Packagist")]
    [InlineData("ConanCenter")]
    public void TextThatIsNoVersionHasNoOrder(string ecosystem)
    {
        var scheme = VersionSchemes.Find(ecosystem)!;
        foreach (var text in new[] { "", " ", "\0", "latest version", "é", ":", "-", "~!" })
        {
            Assert.Null(scheme.Compare(text, "1.0"));
            Assert.Null(scheme.Compare("1.0", text));
        }
    }

    // Quadratic work on these would take minutes, recursion would end the process.
    [Theory]
    [InlineData("Debian", "a1~")]
    [InlineData("Alpine", "_p1")]
    [InlineData("AlmaLinux", "~a1^")]
    [InlineData("npm", "-a.1")]
    [InlineData("Go", "-a.1")]
    [InlineData("Pub", "-a.1")]
    [InlineData("PyPI", ".0")]
    [InlineData("Maven", "-0.a1")]
    [InlineData("RubyGems", ".a1-0")]
    [InlineData("Packagist", "+-.1a")]
    [InlineData("Bitnami", "-1.a")]
    [InlineData("ConanCenter", ".1a+-0")]
    public void AVersionOfManyPartsIsReadInOneGo(string ecosystem, string part)
    {
        var version = "1" + string.Concat(Enumerable.Repeat(part, 200_000));
        Assert.Equal(0, VersionSchemes.Find(ecosystem)!.Compare(version, version));
    }
}
