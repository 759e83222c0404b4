namespace Infrastructure.Storage.Sqlite;

/// <summary>Sums that cannot overflow, in two columns: 64-bit integers are added in C#, or as halves by SQLite.</summary>
internal static class SqliteSums
{
    /// <summary>The lower half of each number, to be summed by SQLite; up to two billion rows cannot overflow it.</summary>
    public const long LowMask = 0xFFFF_FFFF;

    /// <summary>Columns that sum one: <c>sum(x &gt;&gt; 32), sum(x &amp; 0xFFFFFFFF)</c>, for <see cref="OfHalves"/>.</summary>
    public static string Columns(string column) => $"coalesce(sum({column} >> 32), 0), coalesce(sum({column} & {LowMask}), 0)";

    /// <summary>The sum of numbers from the sums of their halves.</summary>
    public static Int128 OfHalves(long high, long low) => ((Int128)high << 32) + low;

    /// <summary>A sum from its two stored columns.</summary>
    public static Int128 Read(SqliteStatement row, int column) =>
        new((ulong)row.Int64(column), (ulong)row.Int64(column + 1));

    /// <summary>Binds a sum to two columns.</summary>
    public static SqliteStatement BindSum(this SqliteStatement statement, int index, Int128 sum) =>
        statement.Bind(index, (long)(sum >> 64)).Bind(index + 1, (long)(ulong)(sum & ulong.MaxValue));
}
