namespace Infrastructure.Timers.Sqlite;

/// <summary>Records that are written together: in a burst the call for each outcome took a twentieth of the processor time.</summary>
/// <remarks>
/// Until then they would be lost with the process, and their webhooks sent again: so few, and for so short a time, that a kill repeats no
/// more than it may. One that comes alone does not wait; the last ones of a burst wait for the next sync. The caller synchronises.
/// </remarks>
internal sealed class OutcomeBuffer(TimeProvider time)
{
    /// <summary>Records that may wait.</summary>
    public const int MaxCount = 8;

    /// <summary>Time since the last write after which nothing waits; a burst of 30,000/s has eight by then.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(0.25);

    private readonly byte[] bytes = new byte[16 * 1024];
    private int length;
    private int count;
    private long? writtenAt;

    public ReadOnlySpan<byte> Content => bytes.AsSpan(0, length);

    /// <summary>Whether to write now.</summary>
    public bool IsDue => count >= MaxCount || writtenAt is not { } at || time.GetElapsedTime(at) >= MaxWait;

    public bool HasRoom(int wanted) => length + wanted <= bytes.Length;

    public void Add(ReadOnlySpan<byte> record)
    {
        record.CopyTo(bytes.AsSpan(length));
        length += record.Length;
        count++;
    }

    /// <param name="isWritten">Whether what it holds has been written just now; if not, nobody needs it any more.</param>
    public void Clear(bool isWritten)
    {
        (length, count) = (0, 0);
        writtenAt = isWritten ? time.GetTimestamp() : writtenAt;
    }
}
