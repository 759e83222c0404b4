namespace Infrastructure.Storage.Sqlite;

/// <summary>How the rows of one slice's file are checked, beyond what SQLite knows of them.</summary>
public sealed class SliceCheck
{
    /// <param name="slice">Name of the slice, and of its file without <c>.db</c>.</param>
    /// <param name="find">What is wrong, a sentence each, on a connection that only reads.</param>
    internal SliceCheck(string slice, Func<SqliteConnection, IEnumerable<string>> find)
    {
        Slice = slice;
        Find = find;
    }

    internal string Slice { get; }

    internal Func<SqliteConnection, IEnumerable<string>> Find { get; }
}
