using Contracts.Revenue;
using Contracts.Storage;
using Infrastructure.Revenue;
using Infrastructure.Revenue.Archive;
using Microsoft.Extensions.Options;

namespace Runner.Revenue;

/// <summary>Writes what was received in each minute that is over into a file of the archive. Never missing or repeating an entry.</summary>
/// <remarks>
/// The store puts an entry among those to be archived when it stores it, and takes it out when it is told that it is archived, which is
/// after the file is closed. Between the two the last file itself says what is archived.
/// </remarks>
internal sealed partial class ArchivePass(
    IRevenueArchive store, IStoreClock clock, IOptions<RevenueOptions> options, ILogger<ArchivePass> logger) : IDisposable
{
    /// <summary>Maximum number of lines of a file; a minute with more has several.</summary>
    public const int MaxEntries = 20_000;

    private ArchiveFolder? folder;

    /// <returns>Number of entries that it has archived.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Archive is not { } path)
        {
            return 0;
        }

        try
        {
            folder ??= ArchiveFolder.Open(path);
            var bound = await store.BindAsync(folder.Id, cancellationToken);
            if (bound != folder.Id)
            {
                LogOther(path, folder.Id, bound);
                return 0;
            }

            return await RunOnceAsync(folder, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What is in the folder is known when it is opened anew.
            LogUnusable(error, path);
            folder?.Dispose();
            folder = null;
            return 0;
        }
    }

    public void Dispose() => folder?.Dispose();

    private async Task<int> RunOnceAsync(ArchiveFolder archive, CancellationToken cancellationToken)
    {
        if (archive.IsUnnoted)
        {
            await NoteLastAsync(archive, cancellationToken);
        }

        var (archived, now) = (0, clock.Now);
        var open = MinuteOf(now);
        while (!cancellationToken.IsCancellationRequested)
        {
            var page = await store.ReadAsync(after: null, MaxEntries, cancellationToken);
            await store.NoteAsync([.. page.Where(each => each.Entry is null).Select(each => each.Mark)], cancellationToken);
            var ready = page.Where(each => each.Entry is { } entry && entry.ReceivedAt < open).ToList();
            if (ready.Count == 0)
            {
                break;
            }

            var minute = MinuteOf(ready[0].Entry!.ReceivedAt);
            List<UnarchivedEntry> entries = [.. ready.Where(each => MinuteOf(each.Entry!.ReceivedAt) == minute)];
            var file = archive.Add(minute, entries);
            await store.NoteAsync(entries.ConvertAll(each => each.Mark), cancellationToken);
            archive.Noted();
            archived += entries.Count;
            LogArchived(entries.Count, file.File);
        }

        return archived;
    }

    /// <summary>After a kill: what the last file has is not to be archived again.</summary>
    private async Task NoteLastAsync(ArchiveFolder archive, CancellationToken cancellationToken)
    {
        var last = archive.ReadLast();
        string? after = null;
        do
        {
            var page = await store.ReadAsync(after, MaxEntries, cancellationToken);
            await store.NoteAsync(
                [.. page.Where(each => each.Entry is { } entry && last.Contains((each.Tenant, each.User, entry.EventId)))
                    .Select(each => each.Mark)],
                cancellationToken);
            after = page.Count == MaxEntries ? page[^1].Mark : null;
        }
        while (after is not null);

        archive.Noted();
    }

    private static DateTimeOffset MinuteOf(DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    [LoggerMessage(3221, LogLevel.Debug, "Entries archived in {File}: {Count}")]
    private partial void LogArchived(int count, string file);

    [LoggerMessage(3222, LogLevel.Warning, "The archive {Folder} cannot be used; trying again")]
    private partial void LogUnusable(Exception error, string folder);

    [LoggerMessage(3223, LogLevel.Error, "The archive {Folder} is {Own}, and the store is bound to {Bound}: nothing is written to it")]
    private partial void LogOther(string folder, Guid own, Guid bound);
}
