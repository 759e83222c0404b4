using Contracts.Revenue;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>
/// Sums by minute and day of one transaction: each entry counts for its user and for all of the tenant, and each sum is written once.
/// </summary>
/// <remarks>A scope is a user's number, or the negative number of a tenant: they begin at 1, those of tenants at 0.</remarks>
internal sealed class RevenueSums(SqliteConnection connection)
{
    private const string Columns = "events, added_high, added_low, subtracted_high, subtracted_low";

    private readonly Dictionary<Key, RevenueDelta> deltas = [];

    /// <summary>The scope of all users of a tenant.</summary>
    public static long ScopeOf(long tenant) => -tenant - 1;

    /// <summary>The tenant of a scope of all users.</summary>
    public static long TenantOf(long scope) => -scope - 1;

    /// <summary>Adds an entry, or takes it away again.</summary>
    public void Add(long tenant, long user, long at, string currency, RevenueDelta delta)
    {
        foreach (var scope in (ReadOnlySpan<long>)[user, ScopeOf(tenant)])
        {
            foreach (var span in (ReadOnlySpan<RevenueSpan>)[RevenueSpan.Minute, RevenueSpan.Day])
            {
                var key = new Key(scope, span, RevenueTime.NumberOf(span, at), currency);
                deltas[key] = deltas.GetValueOrDefault(key) + delta;
            }
        }
    }

    /// <summary>Writes what was added.</summary>
    public void Complete()
    {
        // In the order of the table, whose neighbours share a page.
        foreach (var (key, delta) in deltas.OrderBy(each => each.Key.Scope).ThenBy(each => each.Key.Span)
            .ThenBy(each => each.Key.Number))
        {
            Write(connection, key, Find(connection, key) + delta);
        }

        deltas.Clear();
    }

    /// <summary>Puts a sum in place; one of nothing goes.</summary>
    public static void Write(SqliteConnection connection, Key key, RevenueDelta sum)
    {
        if (sum.Events == 0)
        {
            Bind(connection.Statement("DELETE FROM sums WHERE scope = ?1 AND span = ?2 AND number = ?3 AND currency = ?4"), key).Run();
            return;
        }

        Bind(
            connection.Statement(
                $"""
                INSERT INTO sums (scope, span, number, currency, {Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                ON CONFLICT DO UPDATE SET events = ?5, added_high = ?6, added_low = ?7, subtracted_high = ?8, subtracted_low = ?9
                """),
            key)
            .Bind(5, sum.Events).BindSum(6, sum.Added.Units).BindSum(8, sum.Subtracted.Units).Run();
    }

    /// <summary>Sums of a scope, in any order.</summary>
    /// <param name="connection">Any.</param>
    /// <param name="scope">Whose.</param>
    /// <param name="span">Minutes or days.</param>
    /// <param name="from">The first number.</param>
    /// <param name="to">The number after the last one.</param>
    public static List<(Key Key, RevenueDelta Sum)> Read(SqliteConnection connection, long scope, RevenueSpan span, long from, long to)
    {
        var rows = connection.Statement(
            $"SELECT number, currency, {Columns} FROM sums WHERE scope = ?1 AND span = ?2 AND number >= ?3 AND number < ?4")
            .Bind(1, scope).Bind(2, (long)span).Bind(3, from).Bind(4, to);
        var found = new List<(Key, RevenueDelta)>();
        while (rows.Step())
        {
            found.Add((new Key(scope, span, rows.Int64(0), rows.Text(1)), ReadSum(rows, 2)));
        }

        rows.Reset();
        return found;
    }

    private static RevenueDelta Find(SqliteConnection connection, Key key)
    {
        var row = Bind(
            connection.Statement($"SELECT {Columns} FROM sums WHERE scope = ?1 AND span = ?2 AND number = ?3 AND currency = ?4"), key);
        var found = row.Step() ? ReadSum(row, 0) : default;
        row.Reset();
        return found;
    }

    private static RevenueDelta ReadSum(SqliteStatement row, int column) => new(
        row.Int64(column), new Amount(SqliteSums.Read(row, column + 1)), new Amount(SqliteSums.Read(row, column + 3)));

    private static SqliteStatement Bind(SqliteStatement statement, Key key) =>
        statement.Bind(1, key.Scope).Bind(2, (long)key.Span).Bind(3, key.Number).Bind(4, key.Currency);

    /// <summary>One sum.</summary>
    internal sealed record Key(long Scope, RevenueSpan Span, long Number, string Currency);
}
