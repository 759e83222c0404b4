using System.Buffers.Binary;
using System.IO.Hashing;
using Contracts.Timers;
using Infrastructure.Timers.Common;

namespace Infrastructure.Timers.Sqlite;

/// <summary>What one segment of the journal of outcomes holds, as far as it can be read.</summary>
/// <remarks>
/// A record is its length, a checksum and an outcome, and the next one follows at once. Behind a damaged record the next is looked for
/// where its length says, and then byte by byte: 64 bits of checksum are not met by chance. Zeros before a record are no damage; a kill
/// while a segment is being cleared leaves them, and what stands behind them the store has already. Neither is a record without another
/// behind it: a power cut leaves the last one cut off.
/// </remarks>
internal sealed class OutcomeSegment
{
    /// <summary>Length and checksum before each record.</summary>
    public const int PrefixBytes = sizeof(int) + sizeof(ulong);

    private readonly List<AttemptOutcome> outcomes = [];
    private readonly List<int> damaged = [];

    /// <param name="bytes">The whole segment.</param>
    /// <exception cref="IOException">A later release wrote it.</exception>
    public OutcomeSegment(ReadOnlySpan<byte> bytes)
    {
        IsEmpty = !bytes.ContainsAnyExcept((byte)0);
        var at = 0;
        while (!IsEmpty && at < bytes.Length)
        {
            if (TryRead(bytes[at..], out var length) is { } outcome)
            {
                outcomes.Add(outcome);
                at += length;
                continue;
            }

            var next = FindNext(bytes, at, out var isDamage);
            if (isDamage && next < bytes.Length)
            {
                damaged.Add(at);
            }
            else if (isDamage)
            {
                CutOff = at;
            }

            at = next;
        }
    }

    /// <summary>Whether it holds nothing but zeros.</summary>
    public bool IsEmpty { get; }

    /// <summary>What can be read, in order.</summary>
    public IReadOnlyList<AttemptOutcome> Outcomes => outcomes;

    /// <summary>Where what cannot be read begins, although records follow.</summary>
    public IReadOnlyList<int> Damaged => damaged;

    /// <summary>Where a record begins that cannot be read, with none behind it; null if there is none.</summary>
    public int? CutOff { get; }

    /// <summary>Completes a record of which the body is there.</summary>
    /// <param name="record">The record, with room for its prefix.</param>
    public static void WritePrefix(Span<byte> record)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - PrefixBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(record[sizeof(int)..], XxHash3.HashToUInt64(record[PrefixBytes..]));
    }

    private static AttemptOutcome? TryRead(ReadOnlySpan<byte> from, out int length)
    {
        length = FindLength(from) ?? 0;
        if (length == 0)
        {
            return null;
        }

        var body = from[PrefixBytes..length];
        if (XxHash3.HashToUInt64(body) != BinaryPrimitives.ReadUInt64LittleEndian(from[sizeof(int)..]))
        {
            return null;
        }

        try
        {
            return OutcomeRecord.Read(body.ToArray());
        }
        catch (Exception error) when (error is EndOfStreamException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The length of the record that may begin here; null if none does.</summary>
    private static int? FindLength(ReadOnlySpan<byte> from) =>
        from.Length > PrefixBytes && BinaryPrimitives.ReadInt32LittleEndian(from) is > 0 and <= OutcomeRecord.MaxBytes and var length
            && length <= from.Length - PrefixBytes
            ? PrefixBytes + length
            : null;

    /// <summary>Where the next record that can be read begins; the end if there is none.</summary>
    private static int FindNext(ReadOnlySpan<byte> bytes, int at, out bool isDamage)
    {
        isDamage = bytes.Slice(at, Math.Min(sizeof(int), bytes.Length - at)).ContainsAnyExcept((byte)0);
        if (FindLength(bytes[at..]) is { } length && (at + length == bytes.Length || TryRead(bytes[(at + length)..], out _) is not null))
        {
            return at + length;
        }

        while (++at < bytes.Length)
        {
            // A length below 65,536 has zeros, but is not zero: what is nothing but zeros is passed over at once.
            var zeros = bytes[at..].IndexOfAnyExcept((byte)0);
            if (zeros < 0)
            {
                return bytes.Length;
            }

            at += Math.Max(0, zeros - sizeof(int) + 1);
            if (TryRead(bytes[at..], out _) is not null)
            {
                return at;
            }
        }

        return bytes.Length;
    }
}
