using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis.Sources;

/// <summary>Opens what a location names.</summary>
internal static class ImageSources
{
    public static async Task<IImageSource> OpenAsync(ImageLocation location, IConfiguration configuration, AnalysisLimits limits, CancellationToken cancellationToken) => location.Kind switch
    {
        ImageLocationKind.Registry => new RegistrySource(location, configuration),
        ImageLocationKind.Layout => Layout(new FolderFiles(location.Place), location, ManifestLimits.Read(configuration)) ?? throw new AnalysisException($"{location.Place} is no OCI layout: it has no {LayoutSource.Marker} file."),
        _ => await OpenArchiveAsync(location, ManifestLimits.Read(configuration), limits.ConfigBytes, cancellationToken),
    };

    // Docker writes both since version 25; the layout has digests.
    private static async Task<IImageSource> OpenArchiveAsync(ImageLocation location, ManifestLimits limits, int configBytes, CancellationToken cancellationToken)
    {
        var files = await TarFiles.OpenAsync(location.Place, cancellationToken);
        if (Layout(files, location, limits) is { } layout)
        {
            return layout;
        }

        if (Has(files, DockerArchive.Marker))
        {
            return new DockerArchive(files, location.Name, location.Reference, limits, configBytes);
        }

        files.Dispose();
        throw new AnalysisException($"{location.Name} holds no image: neither {LayoutSource.Marker} nor {DockerArchive.Marker} is in it.");
    }

    private static LayoutSource? Layout(ISourceFiles files, ImageLocation location, ManifestLimits limits) =>
        Has(files, LayoutSource.Marker) ? new LayoutSource(files, location.Name, location.Reference, limits) : null;

    private static bool Has(ISourceFiles files, string name)
    {
        using var stream = files.TryOpen(name);
        return stream is not null;
    }
}
