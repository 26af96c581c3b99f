using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Sources;
using ScoutDashboard.Images;
using ScoutDashboard.Reports.Exports;

namespace ScoutDashboard.Cli;

/// <summary>An analysed image as the content of a bill of materials.</summary>
internal static class ImageSbom
{
    public static SbomContent Of(ImageLocation location, StandaloneImage image, TimeProvider clock)
    {
        var isRemote = location.Kind == ImageLocationKind.Registry;
        return new SbomContent(
            SbomSubject.OfImage(isRemote ? location.Place : null, isRemote ? location.Repository : location.Name, location.Tag, image.Digest ?? image.ConfigDigest, image.Platform.ToString()),
            image.Distribution is { } distribution ? DisplayText.Sanitise(distribution.DisplayName, 200) : null, clock.GetUtcNow().UtcDateTime, image.Gaps,
            [.. image.Components.Select(component => new SbomComponent(component.Identity.Purl, component.Identity.Name, component.Identity.Version,
                [.. component.Places.Select(place => new SbomPlace(place.Path, place.Layer, image.Layers.ElementAtOrDefault(place.Layer)?.Digest))], component.ListedOnly, component.PartOf))]);
    }
}
