namespace ScoutDashboard.Analysis.Packages;

/// <summary>Tells programs and shared libraries by their first bytes.</summary>
internal static class ProgramFile
{
    /// <summary>ELF, PE, or Mach-O of either word size and byte order.</summary>
    public static bool Is(ReadOnlySpan<byte> head) => head is
        [0x7f, (byte)'E', (byte)'L', (byte)'F', ..] or [(byte)'M', (byte)'Z', ..]
        or [0xfe, 0xed, 0xfa, 0xce or 0xcf, ..] or [0xce or 0xcf, 0xfa, 0xed, 0xfe, ..];
}
