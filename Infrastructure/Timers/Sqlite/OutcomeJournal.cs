using Contracts.Timers;
using Infrastructure.Timers.Common;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using static Contracts.Timers.IOutcomeJournal;

namespace Infrastructure.Timers.Sqlite;

/// <summary>The journal of outcomes beside the timers' file: two segments of fixed size, used in turn.</summary>
/// <remarks>
/// <para>
/// What is written there is the operating system's, outlives the process, and is synced every <see cref="SyncInterval"/>. Waiting for that
/// before the next webhook is sent took a third of a burst; so did a small transaction for each few outcomes. In a burst a few outcomes
/// share a write as well (<see cref="OutcomeBuffer"/>). The file is not mapped into memory: whoever cuts it short would end the process.
/// </para>
/// <para>
/// A segment whose outcomes the store has is overwritten with zeros: answers may hold secrets. The file never grows, so it cannot fill the
/// disk, and syncing it changes nothing but its content.
/// </para>
/// </remarks>
internal sealed partial class OutcomeJournal : IOutcomeJournal, IDisposable
{
    /// <summary>How long it may be full, behind a store that is slow, before that is told.</summary>
    public static readonly TimeSpan MaxFull = TimeSpan.FromSeconds(10);

    private const string Effect = "A kill repeats webhooks that were answered.";

    private readonly Lock gate = new();
    private readonly string path;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly SafeFileHandle file;
    private readonly Segment[] segments = [.. Enumerable.Range(0, OutcomeFile.SegmentCount).Select(_ => new Segment())];
    private readonly OutcomeBuffer buffer;
    private readonly MemoryStream record = new();
    private readonly BinaryWriter writer;
    private readonly AutoResetEvent written = new(initialState: false);
    private readonly ManualResetEvent stopped = new(initialState: false);
    private readonly Thread syncing;
    private List<(AttemptOutcome Outcome, Receipt Receipt)> left = [];
    private int active;
    private bool isDirty;
    private long? fullSince;
    private bool isFullTold;
    private volatile string? failure;
    private volatile bool ending;

    /// <param name="path">The file; made if it is missing.</param>
    /// <param name="logger">Told what of it cannot be read, and when nothing is kept.</param>
    /// <param name="time">Measures for how long it has been full.</param>
    /// <exception cref="IOException">It cannot be read or written, is somebody else's, or a later release wrote it.</exception>
    public OutcomeJournal(string path, ILogger<OutcomeJournal> logger, TimeProvider time)
    {
        (this.path, this.logger, this.time) = (path, logger, time);
        (writer, buffer) = (new BinaryWriter(record), new OutcomeBuffer(time));
        file = OutcomeFile.Open(path, out var contents);
        foreach (var damage in OutcomeFile.Tell(path, contents))
        {
            LogDamage(damage);
        }

        for (var i = 0; i < contents.Count; i++)
        {
            Load(i, contents[i]);
        }

        syncing = new Thread(SyncRegularly) { IsBackground = true, Name = "journal of outcomes" };
        syncing.Start();
    }

    /// <inheritdoc />
    public string? Fault
    {
        get
        {
            lock (gate)
            {
                return failure is { } reason ? $"{path} cannot be written: {reason}. {Effect}"
                    : IsFullForLong() ? $"{path} is full, as the store has not taken what it holds. {Effect}"
                    : null;
            }
        }
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
            if (failure is not null || ending)
            {
                return null;
            }

            var bytes = Encode(outcome);
            if (!HasRoom(bytes.Length))
            {
                NoteFull();
                return null;
            }

            NoteRoom();
            segments[active].Used += bytes.Length;
            if (!TryKeep(bytes))
            {
                return null;
            }

            segments[active].Pending++;
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
        file.Dispose();
        writer.Dispose();
        written.Dispose();
    }

    /// <summary>What the previous process wrote. A segment is cleared as a whole: behind its last record may stand a torn one.</summary>
    private void Load(int number, OutcomeSegment content)
    {
        if (content.IsEmpty)
        {
            return;
        }

        if (content.CutOff is { } at)
        {
            LogCutOff(path, (number * OutcomeFile.SegmentBytes) + at);
        }

        segments[number].Used = OutcomeFile.SegmentBytes;
        segments[number].Pending = content.Outcomes.Count;
        left.AddRange(content.Outcomes.Select(outcome => (outcome, new Receipt(number))));
        if (content.Outcomes.Count == 0)
        {
            Clear(number);
        }
    }

    /// <summary>Whether it fits; the other segment takes its turn once the store has all that it held.</summary>
    private bool HasRoom(int wanted)
    {
        if (segments[active].Used + wanted <= OutcomeFile.SegmentBytes)
        {
            return true;
        }

        var next = (active + 1) % OutcomeFile.SegmentCount;
        if (segments[next].Used > 0 || !TryFlush())
        {
            return false;
        }

        active = next;
        return true;
    }

    /// <summary>Keeps the last bytes of the active segment: together with others if these come soon.</summary>
    private bool TryKeep(ReadOnlySpan<byte> bytes)
    {
        var isFlushed = buffer.HasRoom(bytes.Length) || TryWriteBuffered(segments[active].Used - bytes.Length);
        if (!isFlushed || !buffer.HasRoom(bytes.Length))
        {
            return isFlushed && TryWrite(bytes, segments[active].Used - bytes.Length);
        }

        buffer.Add(bytes);
        return !buffer.IsDue || TryFlush();
    }

    /// <summary>Writes what waits for company.</summary>
    private bool TryFlush() => TryWriteBuffered(segments[active].Used);

    private bool TryWriteBuffered(int end)
    {
        if (buffer.Content.IsEmpty)
        {
            return true;
        }

        var isWritten = TryWrite(buffer.Content, end - buffer.Content.Length);
        buffer.Clear(isWritten);
        return isWritten;
    }

    private bool IsFullForLong() => fullSince is { } since && time.GetElapsedTime(since) >= MaxFull;

    private void NoteFull()
    {
        fullSince ??= time.GetTimestamp();
        if (!isFullTold && IsFullForLong())
        {
            isFullTold = true;
            LogFull(path, segments.Sum(segment => segment.Pending), MaxFull.TotalSeconds);
        }
    }

    private void NoteRoom()
    {
        fullSince = null;
        if (isFullTold)
        {
            isFullTold = false;
            LogRoom(path);
        }
    }

    private ReadOnlySpan<byte> Encode(AttemptOutcome outcome)
    {
        record.SetLength(0);
        record.Position = OutcomeSegment.PrefixBytes;
        OutcomeRecord.Write(writer, outcome);
        writer.Flush();
        var bytes = record.GetBuffer().AsSpan(0, (int)record.Length);
        OutcomeSegment.WritePrefix(bytes);
        return bytes;
    }

    private void Clear(int number)
    {
        try
        {
            if (number == active)
            {
                buffer.Clear(isWritten: false);
            }

            OutcomeFile.Clear(file, number * OutcomeFile.SegmentBytes, segments[number].Used);
            segments[number].Used = 0;
            NoteRoom();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fail(error.Message);
        }
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes, int at)
    {
        try
        {
            RandomAccess.Write(file, bytes, (active * OutcomeFile.SegmentBytes) + at);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fail(error.Message);
            return false;
        }
    }

    /// <summary>For good: after a failed sync nobody knows what is on the disk, and a repetition would seem to succeed.</summary>
    private void Fail(string reason)
    {
        lock (gate)
        {
            if (failure is null)
            {
                failure = reason;
                LogFailure(path, reason);
            }
        }
    }

    [LoggerMessage(4211, LogLevel.Error, "The journal of outcomes is damaged: {Damage}")]
    private partial void LogDamage(string damage);

    [LoggerMessage(4212, LogLevel.Warning, "The journal of outcomes {Path} ends at byte {At} with one cut off; its timer is sent again")]
    private partial void LogCutOff(string path, int at);

    [LoggerMessage(4213, LogLevel.Error,
        "The journal of outcomes {Path} cannot be written: {Reason}. Until the next start a kill repeats webhooks that were answered")]
    private partial void LogFailure(string path, string reason);

    [LoggerMessage(4214, LogLevel.Error,
        "The journal of outcomes {Path} has been full for {Seconds} s: the store has yet to take {Count}. A kill repeats more than usual")]
    private partial void LogFull(string path, int count, double seconds);

    [LoggerMessage(4215, LogLevel.Information, "The journal of outcomes {Path} has room again")]
    private partial void LogRoom(string path);

    private sealed class Segment
    {
        /// <summary>Bytes from its beginning that hold records.</summary>
        public int Used { get; set; }

        /// <summary>Records that the store does not have yet.</summary>
        public int Pending { get; set; }
    }
}
