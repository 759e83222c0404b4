using System.Buffers;
using System.IO.Pipelines;

namespace Producer.Revenue;

/// <summary>Reads the lines of a file, whatever its length and that of its lines.</summary>
internal static class ImportReader
{
    /// <summary>Maximum length of a line, in bytes.</summary>
    public const int MaxLine = 64 * 1024;

    /// <summary>The lines that are not blank, with their numbers from 1; null for one that is too long.</summary>
    public static async IAsyncEnumerable<(long Number, byte[]? Line)> ReadAsync(
        Stream file, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(file, new StreamPipeReaderOptions(leaveOpen: true));
        var (number, isTooLong) = (0L, false);
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (TryCut(ref buffer, read.IsCompleted, out var line))
            {
                number++;
                if (isTooLong || line.Length > MaxLine)
                {
                    isTooLong = false;
                    yield return (number, null);
                }
                else if (!line.IsEmpty && !IsBlank(line))
                {
                    yield return (number, line.ToArray());
                }
            }

            if (read.IsCompleted)
            {
                break;
            }

            if (buffer.Length > MaxLine)
            {
                isTooLong = true;
                buffer = buffer.Slice(buffer.End);
            }

            reader.AdvanceTo(buffer.Start, read.Buffer.End);
        }

        await reader.CompleteAsync();
    }

    private static bool TryCut(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        line = buffer;
        buffer = isLast ? buffer.Slice(buffer.End) : buffer;
        return isLast && !line.IsEmpty;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line) => !line.ToArray().AsSpan().ContainsAnyExcept(" \t\r"u8);
}
