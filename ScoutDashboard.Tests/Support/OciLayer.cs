using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Support;

/// <summary>A packed layer with the media type that belongs to it.</summary>
internal sealed record OciLayer(string MediaType, byte[] Content, string DiffId)
{
    private const string Tar = "application/vnd.oci.image.layer.v1.tar";

    public static OciLayer Of(byte[] tar, LayerCompression compression)
    {
        var diffId = Digest.Of(tar).Value;
        return compression switch
        {
            LayerCompression.Gzip => new OciLayer($"{Tar}+gzip", LayerTar.Gzip(tar), diffId),
            LayerCompression.Zstd => new OciLayer($"{Tar}+zstd", LayerTar.Zstd(tar), diffId),
            _ => new OciLayer(Tar, tar, diffId),
        };
    }
}
