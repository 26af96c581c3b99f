using ScoutDashboard.Analysis.Sources;

namespace ScoutDashboard.Tests.Analysis;

public sealed class ImageLocationTests : IDisposable
{
    private const string Hash = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-location-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("contoso.azurecr.io/team/app:v1", "contoso.azurecr.io", "team/app", "v1")]
    [InlineData("contoso.azurecr.io/app", "contoso.azurecr.io", "app", "latest")]
    [InlineData("localhost:5000/app", "localhost:5000", "app", "latest")]
    [InlineData("localhost/app:v1", "localhost", "app", "v1")]
    [InlineData("[::1]:5000/app:v1", "[::1]:5000", "app", "v1")]
    [InlineData("Contoso.azurecr.io/app:v1@" + Hash, "contoso.azurecr.io", "app", Hash)]
    public void ARegistrysImageIsHostRepositoryAndReference(string text, string host, string repository, string reference)
    {
        Assert.True(ImageLocation.TryParse(text, out var location, out _));
        Assert.Equal(new ImageLocation(ImageLocationKind.Registry, host, repository, reference), location);
    }

    [Theory]
    [InlineData("ubuntu")]
    [InlineData("library/ubuntu:24.04")]
    [InlineData("https://contoso.azurecr.io/app")]
    [InlineData("contoso.azurecr.io/app@sha256:short")]
    [InlineData("oci:")]
    [InlineData("archive:")]
    [InlineData("")]
    public void WhatIsNoLocationIsRefusedWithASentence(string text)
    {
        Assert.False(ImageLocation.TryParse(text, out _, out var error));
        Assert.EndsWith(".", error, StringComparison.Ordinal);
    }

    [Fact]
    public void AColonMayBePartOfAFoldersNameAndOfATag()
    {
        var plain = _folder.CreateSubdirectory("image").FullName;
        var odd = _folder.CreateSubdirectory("image:v1").FullName;

        Assert.Equal((plain, "v2"), Parse($"oci:{plain}:v2"));
        Assert.Equal((odd, null), Parse($"oci:{odd}"));
        Assert.Equal((odd, "v2"), Parse($"oci:{odd}:v2"));
        Assert.Equal((plain, "example.org/app:v2"), Parse($"oci:{plain}:example.org/app:v2"));
        Assert.Equal((plain, Hash), Parse($"oci:{plain}:{Hash}"));
    }

    [Fact]
    public void AFolderThatIsNotThereIsNamed()
    {
        Assert.False(ImageLocation.TryParse("oci:/no/such/folder:v1", out _, out var error));
        Assert.Equal("There is no folder /no/such/folder:v1.", error);
    }

    private static (string, string?) Parse(string text)
    {
        Assert.True(ImageLocation.TryParse(text, out var location, out _));
        return (location.Place, location.Reference);
    }
}
