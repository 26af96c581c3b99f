namespace ScoutDashboard.Analysis.Packages.Zip;

/// <summary>A member as the central directory tells it; sizes are bytes.</summary>
/// <param name="Name">Path inside the archive, parted by '/', as written: it may be hostile.</param>
/// <param name="IsDisputed">Whether the member's own header names another file or method: readers that walk the headers would see another archive.</param>
/// <param name="Header">Where the local header begins.</param>
/// <param name="Data">Where the compressed bytes begin.</param>
internal sealed record ZipMember(string Name, ZipMethod Method, bool IsEncrypted, bool IsDisputed, uint Checksum, long CompressedSize, long Size, long Header, long Data)
{
    /// <summary>The name behind the last slash.</summary>
    public string FileName => Name[(Name.LastIndexOf('/') + 1)..];

    public bool IsStored => Method == ZipMethod.Stored;
}

/// <summary>How a member is compressed (APPNOTE 4.4.5); others are not read.</summary>
internal enum ZipMethod { Stored = 0, Deflate = 8 }
