namespace Infrastructure.Storage.Sqlite;

/// <summary>What a file is made for.</summary>
/// <param name="MaxRows">Rows after which a transaction is committed, so that later work never waits long.</param>
/// <param name="PageBytes">
/// Size of its pages, which a file keeps from its beginning on: the database's log gets each page that a transaction changes as a whole.
/// </param>
internal sealed record SqliteTuning(int MaxRows, int PageBytes)
{
    /// <summary>Claims and commands wait behind other rows.</summary>
    public static SqliteTuning Prompt { get; } = new(1_000, 4_096);

    /// <summary>
    /// Nobody waits for less than a commit: rows of one transaction share the pages that they change, so that many rows cost little more to
    /// sync than few.
    /// </summary>
    public static SqliteTuning ManyRows { get; } = Prompt with { MaxRows = 4_000 };

    /// <summary>
    /// The same with rows of few bytes, most of which change a page of their own; long rows would not fit into such a page
    /// (https://www.sqlite.org/fileformat2.html, section 1.6).
    /// </summary>
    public static SqliteTuning ManySmallRows { get; } = ManyRows with { PageBytes = 1_024 };
}
