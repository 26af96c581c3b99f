using System.Buffers.Binary;
using System.Text;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>Writes what <see cref="MatchingReader"/> reads of a record, one after the other into the same buffer.</summary>
internal sealed class MatchingWriter
{
    private const int LongestNumber = 5;

    private byte[] _buffer = new byte[4096];
    private int _length;

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(OsvRecord record)
    {
        _length = 0;
        Reserve(1)[0] = MatchingForm.First;
        _length++;
        Text(record.Id);
        Time(record.Modified);
        Time(record.Published);
        Time(record.Withdrawn);
        Texts(record.Aliases);
        Texts(record.Upstream);
        Texts(record.Related);
        Severities(record.Severity);
        Number(record.Affected.Count);
        OsvAffected? before = null;
        foreach (var affected in record.Affected)
        {
            Affected(affected, before);
            before = affected;
        }

        Text(record.DatabaseSeverity);
        Texts(record.Streams);
        return _buffer.AsSpan(0, _length);
    }

    // Distributions' records name one package for each release, or many packages of one.
    private void Affected(OsvAffected affected, OsvAffected? before)
    {
        Text(affected.Ecosystem, before?.Ecosystem);
        Text(affected.Name, before?.Name);
        Number(affected.Ranges.Count(range => !range.IsOfCommits));
        foreach (var range in affected.Ranges)
        {
            if (!range.IsOfCommits)
            {
                Text(range.Type);
                Number(range.Events.Count);
                foreach (var boundary in range.Events)
                {
                    Number((int)boundary.Kind);
                    Text(boundary.Version);
                }
            }
        }

        Texts(affected.Versions);
        Severities(affected.Severity);
        Text(affected.Urgency);
        Text(affected.Informational);
        Text(affected.Doubt);
        Text(affected.LastKnown);
        Number(affected.Binaries.Count);
        for (var at = 0; at < affected.Binaries.Count; at++)
        {
            // Nearly the same of each release.
            Text(affected.Binaries[at], at < before?.Binaries.Count ? before.Binaries[at] : null);
        }
    }

    private void Severities(IReadOnlyList<OsvSeverity> severities)
    {
        Number(severities.Count);
        foreach (var severity in severities)
        {
            Text(severity.Type);
            Text(severity.Score);
        }
    }

    private void Texts(IReadOnlyList<string> texts)
    {
        Number(texts.Count);
        foreach (var text in texts)
        {
            Text(text);
        }
    }

    private void Text(string text, string? before)
    {
        if (text == before)
        {
            Number(MatchingForm.Same);
        }
        else
        {
            Text(text);
        }
    }

    private void Text(string? text)
    {
        var known = text is null ? 0 : MatchingForm.NumberOf(text);
        if (text is null || known != 0)
        {
            Number(known);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        Number(checked(2 * (length + 1)));
        _length += Encoding.UTF8.GetBytes(text, Reserve(length));
    }

    // Ticks and one; 0 where there is none.
    private void Time(DateTime? time)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Reserve(sizeof(long)), time is { } at ? at.Ticks + 1 : 0);
        _length += sizeof(long);
    }

    private void Number(int number)
    {
        var bytes = Reserve(LongestNumber);
        for (; number >= 0x80; number >>= 7)
        {
            bytes[0] = (byte)(number | 0x80);
            bytes = bytes[1..];
            _length++;
        }

        bytes[0] = (byte)number;
        _length++;
    }

    private Span<byte> Reserve(int length)
    {
        if (_buffer.Length - _length < length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + length));
        }

        return _buffer.AsSpan(_length);
    }
}
