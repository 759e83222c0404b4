using System.Runtime.InteropServices;

namespace Client.Sending;

/// <summary>Reads the lines of a stream, each with its place.</summary>
/// <param name="stream">At the beginning of a line.</param>
/// <param name="start">The place of that line.</param>
/// <param name="end">The place before which to stop: what is written later is for the next time.</param>
internal sealed class LineReader(Stream stream, FilePlace start, long end)
{
    /// <summary>Maximum length of a line in bytes, beyond which a file is taken for something else than lines.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    private byte[] buffer = new byte[64 * 1024];
    private int first;
    private int filled;
    private FilePlace place = start;

    /// <summary>The next line; valid until the one after it is read.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="IOException">It cannot be read, or a line is longer than a request may be.</exception>
    public async Task<FileLine?> ReadAsync(CancellationToken cancellationToken)
    {
        var searched = first;
        while (true)
        {
            var found = buffer.AsSpan(searched, filled - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                return Take(searched + found - first + 1, hasEnd: true);
            }

            searched = filled;
            if (filled == buffer.Length)
            {
                (searched, first, filled) = (searched - first, MakeRoom(), filled - first);
            }

            var left = end - place.Offset - (filled - first);
            var read = left <= 0 ? 0
                : await stream.ReadAsync(buffer.AsMemory(filled, (int)Math.Min(buffer.Length - filled, left)), cancellationToken);
            if (read == 0)
            {
                return filled == first ? null : Take(filled - first, hasEnd: false);
            }

            filled += read;
        }
    }

    private FileLine Take(int length, bool hasEnd)
    {
        var raw = buffer.AsMemory(first, length);
        var text = raw.TrimEnd("\r\n"u8);
        if (place.Offset == 0 && text.Span.StartsWith("\uFEFF"u8))
        {
            text = text["\uFEFF"u8.Length..];
        }

        first += length;
        place = new FilePlace(place.Offset + length, place.Line + 1);
        return new FileLine(raw, text, place, hasEnd);
    }

    /// <summary>Moves what is left to the beginning, into a longer buffer if it fills this one.</summary>
    /// <returns>The new first byte: 0.</returns>
    private int MakeRoom()
    {
        var rest = buffer.AsSpan(first, filled - first);
        if (first > 0)
        {
            rest.CopyTo(buffer);
            return 0;
        }

        if (buffer.Length >= MaxLength)
        {
            throw new IOException($"Line {place.Line + 1} is longer than {MaxLength:#,0} bytes: this is no file of JSON Lines.");
        }

        var longer = new byte[buffer.Length * 2];
        rest.CopyTo(longer);
        buffer = longer;
        return 0;
    }
}

/// <summary>A place in a file.</summary>
/// <param name="Offset">Bytes before it.</param>
/// <param name="Line">Lines before it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FilePlace(long Offset, long Line);

/// <summary>A line of a file.</summary>
/// <param name="Raw">With its end.</param>
/// <param name="Text">Without its end and a byte-order mark.</param>
/// <param name="After">The place behind it; its line is the line's number, from 1.</param>
/// <param name="HasEnd">Whether it ends with a line break, as all but the last one do.</param>
internal sealed record FileLine(ReadOnlyMemory<byte> Raw, ReadOnlyMemory<byte> Text, FilePlace After, bool HasEnd);
