namespace Infrastructure.Storage.Sqlite;

/// <summary>How the rows of one slice's file are checked, beyond what SQLite knows of them.</summary>
public sealed class SliceCheck
{
    /// <param name="slice">Name of the slice, and of its file without <c>.db</c>.</param>
    /// <param name="find">What is wrong, a sentence each, on a connection that only reads.</param>
    /// <param name="findBeside">What is wrong with other files of the slice, given the path of the first; null if there are none.</param>
    internal SliceCheck(
        string slice, Func<SqliteConnection, IEnumerable<string>> find, Func<string, IEnumerable<string>>? findBeside = null)
    {
        Slice = slice;
        Find = find;
        FindBeside = findBeside ?? (_ => []);
    }

    internal string Slice { get; }

    internal Func<SqliteConnection, IEnumerable<string>> Find { get; }

    internal Func<string, IEnumerable<string>> FindBeside { get; }
}
