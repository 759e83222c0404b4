namespace Producer.Live;

/// <summary>Writes what a live stream tells, in one of its forms. What is written is sent by the flush after it.</summary>
internal interface ILiveWriter : IAsyncDisposable
{
    /// <summary>Cancelled when the client has gone.</summary>
    CancellationToken Gone { get; }

    /// <summary>Begins the answer; called before anything is written, and does nothing when it has begun.</summary>
    ValueTask BeginAsync();

    /// <summary>A page of a snapshot; the last one has the position.</summary>
    void WriteSnapshot(IReadOnlyList<LiveValue> page, bool isLast, string? position);

    /// <summary>A changed state, or that there is none any more.</summary>
    void WriteChange(LiveValue value, string? position);

    /// <summary>Nothing, so that everybody on the way sees that the connection lives, and the position so far.</summary>
    void WriteBeat(string? position);

    /// <summary>Sends it; waits for a client that reads slowly.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);
}
