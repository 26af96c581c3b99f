using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class GemExtractorTests
{
    private const string Path = "usr/local/bundle/specifications/a.gemspec";

    [Theory]
    [InlineData("# -*- encoding: utf-8 -*-\n# stub: json 2.6.1 ruby lib\n# stub: ext/json/extconf.rb\n\nGem::Specification.new do |s|\n  s.name = \"json\".freeze\n", "json@2.6.1/")]
    [InlineData("# -*- encoding: utf-8 -*-\r\n# stub: nokogiri 1.15.4 x86_64-linux lib\0lib/x\r\n", "nokogiri@1.15.4/x86_64-linux")]
    [InlineData("Gem::Specification.new do |s|\n  s.required_ruby_version = '>= 2'\n  s.version = '1.2.3'\n  s.name='rack'\n", "rack@1.2.3/")]
    [InlineData("Gem::Specification.new do |spec|\n  spec.name    = %q{x}\n  spec.version = \"0.1\"\n spec.name = \"rdoc\".freeze\n", "rdoc@0.1/")]
    public void ASpecificationTellsNameVersionAndPlatform(string text, string expected) =>
        Assert.Equal(expected, Assert.Single(Extraction.Of(Path, text).Packages) is var gem ? $"{gem.Name}@{gem.Version}/{gem.Architecture}" : "");

    [Theory]
    [InlineData("Gem::Specification.new do |s|\n  s.name = 'a'\n  s.version = A::VERSION\nend\n")]
    [InlineData("# stub: json\n")]
    [InlineData("")]
    public void AVersionThatOnlyRubyKnowsIsMalformed(string text) => Assert.Throws<InvalidDataException>(() => Extraction.Of(Path, text));

    [Theory]
    [InlineData("usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec", true)]
    [InlineData("usr/local/bundle/specifications/rack-3.0.gemspec", true)]
    [InlineData("usr/lib/ruby/gems/3.1.0/gems/json-2.6.1/json.gemspec", false)]
    [InlineData("app/my.gemspec", false)]
    public void OnlyInstalledSpecificationsCount(string path, bool isWanted) => Assert.Equal(isWanted, Extraction.Wanting(path) is not null);

    [Fact]
    public void ThePlatformIsAQualifierNotAVersion()
    {
        var identity = ComponentIdentity.Of(new FoundPackage("gem", "nokogiri", "1.15.4", "x86_64-linux"), null);
        Assert.Equal(("pkg:gem/nokogiri@1.15.4?platform=x86_64-linux", "RubyGems", "1.15.4"), (identity.Purl, identity.Ecosystem, identity.AdvisoryVersion));
    }
}
