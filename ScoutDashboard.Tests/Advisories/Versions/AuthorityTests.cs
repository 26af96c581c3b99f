using System.Diagnostics;
using System.Globalization;
using ScoutDashboard.Advisories.Versions;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories.Versions;

/// <summary>
/// Compares at least 20,000 random pairs a scheme with the program that decides: it reads pairs from its standard input and answers -1, 0, 1, or ? where it reads
/// one of them as no version. That is not compared, and more pairs are drawn; where only ours has no order, that is a difference. One pair in four is of any
/// words, the others of one choice of each slot: few, so that many are equal for a while.
/// </summary>
public sealed class AuthorityTests
{
    private const int Compared = 20_000;
    private const int Pairs = 25_000;
    private const int MostTurns = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [AuthorityFact("perl", "/usr/share/perl5/Dpkg/Version.pm")]
    public async Task DebianVersionsAreOrderedAsDpkgOrdersThem() => Assert.Empty(await DifferencesAsync(
        "Debian", "0 1 2 10 01 a b Z ~ + . - : 1: 0: ~rc ~~ +b1 +deb12u1 -1 .0 _ ubuntu", "1:|0:| 0|1|2|10|01 .0|.1|a|+b|Z| ~rc1|~~|+dfsg|.01| -1|-0|-1+b1|-1ubuntu2|",
        // Perl takes a colon at the end for a part of the version; dpkg itself says "nothing after colon in version number" (parseversion).
        version => version.EndsWith(':'), "perl", "-MDpkg::Version", "-ne",
        """chomp; my ($l,$r)=split / /; my $x=Dpkg::Version->new($l,check=>1); my $y=Dpkg::Version->new($r,check=>1); print defined $x && defined $y ? version_compare("$x","$y") : "?", "\n";"""));

    [AuthorityFact("rpm", "/usr/bin/rpm")]
    public async Task RpmVersionsAreOrderedAsRpmOrdersThem() => Assert.Empty(await DifferencesAsync(
        "AlmaLinux", "0 1 2 10 01 a B el8 el9_2 ~ ^ + . - _ 1: 0: ~rc ^git -1 .el8 .module_el8.6.0+2 β", "1:|0:| 0|1|2|10|01 .0|.1|a|_B| ~rc|^git|~~|.01| -1|-0|-1.el8|-1.el9_2|",
        // The function takes what no package can have: a version without a character (rpm-version(7)).
        version => version.EndsWith(':') || version.Contains(":-", StringComparison.Ordinal), "rpm", "--eval",
        """%{lua: for l in io.lines() do local s=string.find(l," ",1,true) print(rpm.vercmp(string.sub(l,1,s-1),string.sub(l,s+1))..string.char(10)) end}"""));

    [AuthorityFact("/usr/bin/python3", "/usr/lib/python3/dist-packages/packaging/version.py")]
    public async Task PythonVersionsAreOrderedAsPackagingOrdersThem() => Assert.Empty(await DifferencesAsync(
        "PyPI", "0 1 2 10 01 . - _ ! + a b c rc alpha beta pre preview post rev r dev .dev1 .post2 a1 -1 +local +1.a .0 v A RC", "1!|0!|| 0|1|2|10|01|v1 .0|.1|.0.0|.10| a|b1|rc|c2|-alpha-1|.preview.2|_RC_3|pre| .post1|-1|.rev|post2|r1| .dev|dev1|-dev.2| +a|+1.a|+A_1|+01|", _ => false,
        "/usr/bin/python3", "-c",
        """
        import sys
        from packaging.version import Version, InvalidVersion
        for line in sys.stdin:
            left, right = line.rstrip("\n").split(" ")
            try:
                a, b = Version(left), Version(right)
                print((a > b) - (a < b))
            except InvalidVersion:
                print("?")
        """));

    [AuthorityFact("ruby", "/usr/bin/ruby")]
    public async Task GemVersionsAreOrderedAsRubyGemsOrdersThem() => Assert.Empty(await DifferencesAsync(
        "RubyGems", "0 1 2 10 01 . . . - a b A rc pre .pre .rc1 .0 .0.0 _ + beta.1 -1", "0|1|2|10|01 .0|.1|.10|.01| .0|.0.0|.a|.rc1|.B|.1a| -1|-a|-rc.1|.pre|b2|", _ => false, "ruby", "-e",
        """STDIN.each_line { |line| a, b = line.chomp.split(" ").map { |t| Gem::Version.correct?(t) ? Gem::Version.new(t) : nil }; puts(a && b ? a <=> b : "?") }"""));

    // Of texts that people write: numbers parted by dots, then known qualifiers behind dashes, with or without a number. Of others Maven runs in circles (MavenScheme).
    [AuthorityFact("java", "/usr/share/java/maven-artifact-3.x.jar")]
    public async Task MavenVersionsAreOrderedAsMavenOrdersThem()
    {
        var folder = Directory.CreateTempSubdirectory("scout-maven-");
        try
        {
            var program = Path.Combine(folder.FullName, "Compare.java");
            await File.WriteAllTextAsync(program, """
                import java.io.*;
                import org.apache.maven.artifact.versioning.ComparableVersion;
                public class Compare {
                    public static void main(String[] arguments) throws IOException {
                        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
                        for (String line; (line = lines.readLine()) != null; ) {
                            String[] pair = line.split(" ");
                            System.out.println(Integer.signum(new ComparableVersion(pair[0]).compareTo(new ComparableVersion(pair[1]))));
                        }
                    }
                }
                """);
            Assert.Empty(await DifferencesAsync("Maven", "1 2 10 01 0 .0 .1 .2 .10 .0.0 -1 -2 -alpha -alpha-1 -beta2 -rc1 -RC -m1 -SNAPSHOT -sp -sp1 -jre -android -foo-1",
                "0|1|2|10|01 .0|.1|.10|.0.0| -alpha|-alpha-1|-beta2|-rc1|-SNAPSHOT|-sp|-jre|-1|", _ => false, "java", "-cp", "/usr/share/java/maven-artifact-3.x.jar:/usr/share/java/commons-lang3.jar", program));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // isRefused: what ours takes for no version though the authority compares it.
    private static async Task<IReadOnlyList<string>> DifferencesAsync(string ecosystem, string words, string slots, Predicate<string> isRefused, string program, params string[] arguments)
    {
        var random = new Random(20261124);
        var parts = words.Split(' ');
        var choices = slots.Split(' ').Select(slot => slot.Split('|')).ToArray();
        var signs = new Dictionary<string, int>();
        var differences = new List<string>();
        for (var turn = 0; turn < MostTurns && signs.Where(sign => sign.Key != "?").Sum(sign => sign.Value) < Compared; turn++)
        {
            var pairs = Enumerable.Range(0, Pairs).Select(_ => RandomPair(random, parts, choices)).ToList();
            var answers = await AskAsync(string.Concat(pairs.Select(pair => $"{pair.Left} {pair.Right}\n")), program, arguments);
            Assert.Equal(pairs.Count, answers.Length);
            foreach (var ((left, right), answer) in pairs.Zip(answers))
            {
                signs[answer] = signs.GetValueOrDefault(answer) + 1;
                var ours = VersionVectors.Sign(VersionSchemes.Find(ecosystem)!.Compare(left, right))?.ToString(CultureInfo.InvariantCulture) ?? "?";
                if (answer != "?" && answer != ours && !(ours == "?" && (isRefused(left) || isRefused(right))))
                {
                    differences.Add($"{left} {answer} {right}   but {ours}");
                }
            }
        }

        // Else the pairs would prove little.
        Assert.True(signs.Where(sign => sign.Key != "?").Sum(sign => sign.Value) >= Compared && new[] { "-1", "0", "1" }.All(sign => signs.GetValueOrDefault(sign) > 300), $"-1, 0 and 1 are {string.Join(", ", signs)}.");
        return differences;
    }

    // One pair in four of any words; of the others both differ in one slot, or in all.
    private static (string Left, string Right) RandomPair(Random random, string[] words, string[][] slots)
    {
        if (random.Next(4) == 0)
        {
            return (Any(), Any());
        }

        var left = Array.ConvertAll(slots, Choice);
        var other = random.Next(slots.Length);
        return (string.Concat(left), string.Concat(random.Next(2) == 0 ? Array.ConvertAll(slots, Choice) : left.Select((part, at) => at == other ? Choice(slots[at]) : part)));

        string Choice(string[] slot) => slot[random.Next(slot.Length)];
        string Any() => random.Next(0, 3).ToString(CultureInfo.InvariantCulture) + string.Concat(Enumerable.Range(0, random.Next(0, 5)).Select(_ => words[random.Next(words.Length)]));
    }

    private static async Task<string[]> AskAsync(string input, string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
        process.StandardInput.Close();
        var answers = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, await errors);
        return answers;
    }
}

/// <summary>A fact that needs another program and what it reads; skipped with a message where either is missing.</summary>
public sealed class AuthorityFactAttribute : FactAttribute
{
    public AuthorityFactAttribute(string program, string file) => Skip = !File.Exists(file) ? $"{file} is not here." : new ToolFactAttribute(program).Skip;
}
