using System.Buffers.Binary;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Contracts.Timers;
using Infrastructure.Timers.Common;
using Microsoft.Win32.SafeHandles;
using static Contracts.Timers.IOutcomeJournal;

namespace Infrastructure.Timers.Sqlite;

/// <summary>The journal of outcomes beside the timers' file: two segments of fixed size, used in turn.</summary>
/// <remarks>
/// <para>
/// The file is mapped, as SQLite maps the index of its log: what is written there is the operating system's, outlives the process at once,
/// and is synced every <see cref="SyncInterval"/>. Waiting for that before the next webhook is sent took a third of a burst; so did a small
/// transaction for each few outcomes.
/// </para>
/// <para>
/// A record is its length, a checksum and an outcome; zeros end a segment, and so does a record that was cut off. A segment whose outcomes
/// the store has is overwritten with zeros: answers may hold secrets. The file never grows, so it cannot fill the disk, and syncing it
/// changes nothing but its content.
/// </para>
/// </remarks>
internal sealed partial class OutcomeJournal : IOutcomeJournal, IDisposable
{
    /// <summary>Added to the name of the timers' file. Whatever is called <c>.db-</c> something belongs to the service.</summary>
    public const string Suffix = "-outcomes";

    /// <summary>Bytes of a segment: over four thousand outcomes without an answer's body, or eighty of the largest.</summary>
    private const int SegmentBytes = 1024 * 1024;

    private const int SegmentCount = 2;

    /// <summary>Length and checksum before each record.</summary>
    private const int PrefixBytes = sizeof(int) + sizeof(ulong);

    /// <summary>Time between two syncs.</summary>
    private static readonly TimeSpan SyncInterval = TimeSpan.FromMilliseconds(2);

    private static readonly byte[] Zeros = new byte[SegmentBytes];

    private readonly Lock gate = new();
    private readonly SafeFileHandle file;
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private readonly Segment[] segments = [.. Enumerable.Range(0, SegmentCount).Select(_ => new Segment())];
    private readonly MemoryStream record = new();
    private readonly BinaryWriter writer;
    private readonly AutoResetEvent written = new(initialState: false);
    private readonly ManualResetEvent stopped = new(initialState: false);
    private readonly Thread syncing;
    private List<(AttemptOutcome Outcome, Receipt Receipt)> left = [];
    private int active;
    private bool isDirty;
    private volatile bool failed;
    private volatile bool ending;

    /// <param name="path">The file; made if it is missing.</param>
    /// <exception cref="IOException">It cannot be read or written, or a later release wrote it.</exception>
    public OutcomeJournal(string path)
    {
        writer = new BinaryWriter(record);
        file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (RandomAccess.GetLength(file) is < SegmentCount * SegmentBytes and var length)
        {
            // Its whole length from the beginning; what it held stays.
            RandomAccess.Write(file, new byte[(SegmentCount * SegmentBytes) - length], length);
            RandomAccess.FlushToDisk(file);
        }

        map = MemoryMappedFile.CreateFromFile(
            file, mapName: null, SegmentCount * SegmentBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        view = map.CreateViewAccessor();
        for (var i = 0; i < SegmentCount; i++)
        {
            Load(i);
        }

        syncing = new Thread(SyncRegularly) { IsBackground = true, Name = "journal of outcomes" };
        syncing.Start();
    }

    /// <inheritdoc />
    public IReadOnlyList<(AttemptOutcome Outcome, Receipt Receipt)> TakeLeft()
    {
        var taken = left;
        left = [];
        return taken;
    }

    /// <inheritdoc />
    public Receipt? TryAppend(AttemptOutcome outcome)
    {
        lock (gate)
        {
            var bytes = Encode(outcome);
            if (failed || ending || !HasRoom(bytes.Length))
            {
                return null;
            }

            var segment = segments[active];
            view.SafeMemoryMappedViewHandle.WriteSpan((ulong)((active * SegmentBytes) + segment.Used), bytes);
            segment.Used += bytes.Length;
            segment.Pending++;
            if (!isDirty)
            {
                isDirty = true;
                written.Set();
            }

            return new Receipt(active);
        }
    }

    /// <inheritdoc />
    public void Release(Receipt receipt)
    {
        lock (gate)
        {
            if (--segments[receipt.Segment].Pending == 0 && !ending)
            {
                Clear(receipt.Segment);
            }
        }
    }

    /// <summary>Nothing is appended any more. What the store has not taken stays for the next start.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (ending)
            {
                return;
            }

            ending = true;
        }

        stopped.Set();
        written.Set();
        syncing.Join();
        stopped.Dispose();
        view.Dispose();
        map.Dispose();
        file.Dispose();
        writer.Dispose();
        written.Dispose();
    }

    /// <summary>What the previous process wrote. A segment is cleared as a whole: behind its last record may stand a torn one.</summary>
    private void Load(int number)
    {
        var bytes = new byte[SegmentBytes];
        RandomAccess.Read(file, bytes, (long)number * SegmentBytes);
        if (!bytes.AsSpan().ContainsAnyExcept((byte)0))
        {
            return;
        }

        var rest = bytes.AsMemory();
        segments[number].Used = SegmentBytes;
        while (TakeRecord(ref rest) is { } body)
        {
            left.Add((OutcomeRecord.Read(body), new Receipt(number)));
            segments[number].Pending++;
        }

        if (segments[number].Pending == 0)
        {
            Clear(number);
        }
    }

    private static byte[]? TakeRecord(ref Memory<byte> rest)
    {
        if (rest.Length < PrefixBytes)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        if (length <= 0 || length > rest.Length - PrefixBytes)
        {
            return null;
        }

        var body = rest.Slice(PrefixBytes, length);
        if (XxHash3.HashToUInt64(body.Span) != BinaryPrimitives.ReadUInt64LittleEndian(rest.Span[sizeof(int)..]))
        {
            return null;
        }

        rest = rest[(PrefixBytes + length)..];
        return body.ToArray();
    }

    /// <summary>Whether it fits; the other segment takes its turn once the store has all that it held.</summary>
    private bool HasRoom(int wanted)
    {
        if (segments[active].Used + wanted <= SegmentBytes)
        {
            return true;
        }

        var next = (active + 1) % SegmentCount;
        if (segments[next].Used > 0)
        {
            return false;
        }

        active = next;
        return true;
    }

    private ReadOnlySpan<byte> Encode(AttemptOutcome outcome)
    {
        record.SetLength(0);
        record.Position = PrefixBytes;
        OutcomeRecord.Write(writer, outcome);
        writer.Flush();
        var bytes = record.GetBuffer().AsSpan(0, (int)record.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - PrefixBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[sizeof(int)..], XxHash3.HashToUInt64(bytes[PrefixBytes..]));
        return bytes;
    }

    private void Clear(int number)
    {
        view.SafeMemoryMappedViewHandle.WriteSpan((ulong)(number * SegmentBytes), Zeros.AsSpan(0, segments[number].Used));
        segments[number].Used = 0;
    }

    private void SyncRegularly()
    {
        do
        {
            written.WaitOne();
            lock (gate)
            {
                isDirty = false;
            }

            failed |= !TrySync();
        }
        while (!stopped.WaitOne(SyncInterval));

        // What was written during the pause.
        failed |= !TrySync();
    }

    private bool TrySync()
    {
        if (OperatingSystem.IsLinux())
        {
            return DataSync(file) == 0;
        }

        RandomAccess.FlushToDisk(file);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);

    private sealed class Segment
    {
        /// <summary>Bytes from its beginning that hold records.</summary>
        public int Used { get; set; }

        /// <summary>Records that the store does not have yet.</summary>
        public int Pending { get; set; }
    }
}
