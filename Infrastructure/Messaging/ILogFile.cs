namespace Infrastructure.Messaging;

/// <summary>The file behind an embedded log: gives its messages their positions.</summary>
/// <remarks>
/// Whoever stores a message's effects advances <see cref="Next"/> in the same transaction, so no offset is ever used twice.
/// </remarks>
internal interface ILogFile
{
    /// <summary>Made with the file, and never again.</summary>
    Guid Epoch { get; }

    /// <summary>The first offset that is free, as it was when the file was opened.</summary>
    long Next { get; }

    /// <summary>Number of messages that are best stored together; larger transactions would keep others waiting.</summary>
    int MaxBatch { get; }

    /// <summary>
    /// Whether a message that was just stored was new, with all that it carries. False where that is not known: it may have been, or is
    /// forgotten.
    /// </summary>
    bool WasNew(long offset);

    /// <summary>Makes sure, durably, that an offset is never used again.</summary>
    Task UseUpAsync(long offset, CancellationToken cancellationToken);
}
