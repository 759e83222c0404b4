namespace Contracts.Revenue;

/// <summary>What is yet to be archived: where an archive is kept, an entry is put there in the operation that stores it.</summary>
/// <remarks>Every call throws <see cref="Storage.StoreUnavailableException"/> when the store did not reply.</remarks>
public interface IRevenueArchive
{
    /// <summary>Binds the store to an archive, for good: two of them would each have a part.</summary>
    /// <returns>The archive that it is bound to: this one, unless it was another before.</returns>
    Task<Guid> BindAsync(Guid archive, CancellationToken cancellationToken);

    /// <summary>Entries that are yet to be archived, those first that were received first, more or less.</summary>
    /// <param name="after">The <see cref="UnarchivedEntry.Mark"/> after which to go on; null to begin.</param>
    /// <param name="limit">Maximum number, from 1.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<IReadOnlyList<UnarchivedEntry>> ReadAsync(string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Notes that entries are archived. Those that were noted before, or are gone, change nothing.</summary>
    /// <param name="marks">Their <see cref="UnarchivedEntry.Mark"/>.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task NoteAsync(IReadOnlyList<string> marks, CancellationToken cancellationToken);
}
