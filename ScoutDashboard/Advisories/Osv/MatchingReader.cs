using System.Buffers.Binary;
using System.Text;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>Reads what <see cref="MatchingWriter"/> wrote of a record, to its last byte; what is damaged throws <see cref="InvalidDataException"/>.</summary>
/// <param name="written">From its first byte, <see cref="MatchingForm.First"/> or that of an earlier version.</param>
internal ref struct MatchingReader(ReadOnlySpan<byte> written)
{
    private const int MostBits = 35;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly bool _isEarlier = written[0] == MatchingForm.Earlier;
    private readonly bool _hasBinaries = written[0] == MatchingForm.First;
    private ReadOnlySpan<byte> _rest = written[1..];

    public OsvRecord Record()
    {
        var record = new OsvRecord(Text(null), Time() ?? throw Damaged(), Time(), Time(), Texts(), Texts(), Texts(), "", Severities(), Affected(), TextOrNone()) { Streams = Texts() };
        return _rest.IsEmpty ? record : throw Damaged();
    }

    private OsvAffected[] Affected()
    {
        var affected = Items<OsvAffected>();
        OsvAffected? before = null;
        for (var at = 0; at < affected.Length; at++)
        {
            before = new OsvAffected(Text(before?.Ecosystem), Text(before?.Name), Ranges(), Texts(), Severities(), TextOrNone()) { Informational = TextOrNone(), Doubt = TextOrNone(), LastKnown = _isEarlier ? null : TextOrNone(), Binaries = _hasBinaries ? Texts(before?.Binaries) : [] };
            affected[at] = before;
        }

        return affected;
    }

    private OsvRange[] Ranges()
    {
        var ranges = Items<OsvRange>();
        for (var at = 0; at < ranges.Length; at++)
        {
            ranges[at] = new OsvRange(Text(null), Events());
        }

        return ranges;
    }

    private OsvEvent[] Events()
    {
        var events = Items<OsvEvent>();
        for (var at = 0; at < events.Length; at++)
        {
            var kind = (OsvEventKind)Math.Min(Number(), int.MaxValue);
            events[at] = new OsvEvent(Enum.IsDefined(kind) ? kind : throw Damaged(), Text(null));
        }

        return events;
    }

    private OsvSeverity[] Severities()
    {
        var severities = Items<OsvSeverity>();
        for (var at = 0; at < severities.Length; at++)
        {
            severities[at] = new OsvSeverity(Text(null), Text(null));
        }

        return severities;
    }

    private string[] Texts(IReadOnlyList<string>? before = null)
    {
        var texts = Items<string>();
        for (var at = 0; at < texts.Length; at++)
        {
            texts[at] = Text(at < before?.Count ? before[at] : null);
        }

        return texts;
    }

    // Each is of one byte at least: more than there are bytes can't be.
    private T[] Items<T>() => Number() is var count && count == 0 ? [] : count <= _rest.Length ? new T[count] : throw Damaged();

    private string Text(string? before) => TextOrNone(before) ?? throw Damaged();

    private string? TextOrNone(string? before = null)
    {
        var number = Number();
        if (number == 0)
        {
            return null;
        }

        if (number % 2 != 0)
        {
            return (number == MatchingForm.Same ? before : MatchingForm.WordOf(number)) ?? throw Damaged();
        }

        try
        {
            return Utf8.GetString(Take((number / 2) - 1));
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException("What is stored for matching is no text.", exception);
        }
    }

    private DateTime? Time()
    {
        var ticks = BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long))) - 1;
        return ticks < 0 ? null : ticks <= DateTime.MaxValue.Ticks ? new DateTime(ticks, DateTimeKind.Utc) : throw Damaged();
    }

    private long Number()
    {
        long number = 0;
        for (var bits = 0; bits < MostBits; bits += 7)
        {
            var part = Take(1)[0];
            number |= (long)(part & 0x7f) << bits;
            if (part < 0x80)
            {
                return number;
            }
        }

        throw Damaged();
    }

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length > _rest.Length)
        {
            throw Damaged();
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private static InvalidDataException Damaged() => new("What is stored for matching is damaged.");
}
