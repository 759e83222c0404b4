using System.IO.Hashing;

namespace Infrastructure.Storage.Sqlite;

/// <summary>
/// Whether the pages of a commit that cannot be read from the log any more are in the database: a checkpoint copies only what was synced,
/// so then it was whole once.
/// </summary>
/// <param name="database">The database's path.</param>
/// <param name="pageBytes">Size of a page.</param>
internal sealed class CopiedPages(string database, int pageBytes) : IDisposable
{
    private readonly FileStream? file = File.Exists(database)
        ? new FileStream(database, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
        : null;

    private readonly Dictionary<uint, ulong> read = [];
    private readonly byte[] stored = new byte[pageBytes];
    private int same;
    private int different;

    /// <summary>All but the one that is damaged.</summary>
    public bool AreAll => same > 0 && different <= 1;

    /// <summary>A page of an earlier commit.</summary>
    public void NoteRead(uint page, ReadOnlySpan<byte> content) => read[page] = XxHash3.HashToUInt64(content);

    /// <summary>A page of the commit in question.</summary>
    public void NoteUnread(uint page, ReadOnlySpan<byte> content)
    {
        // What was written as it was before proves nothing.
        if (file is null || read.GetValueOrDefault(page) == XxHash3.HashToUInt64(content))
        {
            return;
        }

        file.Position = Math.Max(0, page - 1L) * pageBytes;
        if (file.ReadAtLeast(stored, pageBytes, throwOnEndOfStream: false) == pageBytes && content.SequenceEqual(stored))
        {
            same++;
        }
        else
        {
            different++;
        }
    }

    public void Dispose() => file?.Dispose();
}
