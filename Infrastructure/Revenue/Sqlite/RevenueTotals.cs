using Contracts.Revenue;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>A user's balances and sums as they are stored, and as the ledger has them.</summary>
internal sealed class RevenueTotals
{
    private readonly SortedDictionary<string, (long Events, Amount Total)> balances = new(StringComparer.Ordinal);
    private readonly Dictionary<RevenueSums.Key, RevenueDelta> sums = [];
    private readonly List<RevenueSums.Key> wrongSums = [];
    private readonly List<string> wrongBalances = [];

    private RevenueTotals(long user) => User = user;

    private long User { get; }

    /// <summary>What is different; null for nothing.</summary>
    public string? Difference { get; private set; }

    /// <summary>Both in one snapshot; null if the user is gone.</summary>
    public static RevenueTotals? Compare(SqliteConnection connection, long user)
    {
        // One statement begins the snapshot that the next ones read.
        connection.Statement("SAVEPOINT compare").Run();
        try
        {
            var row = connection.Statement("SELECT name FROM users WHERE id = ?1").Bind(1, user);
            var name = row.Step() ? row.Text(0) : null;
            row.Reset();
            if (name is null)
            {
                return null;
            }

            var found = new RevenueTotals(user);
            found.CompareWithLedger(connection, name);
            return found;
        }
        finally
        {
            connection.Statement("RELEASE compare").Run();
        }
    }

    /// <summary>Puts the right ones in place, in the transaction that compared them.</summary>
    public void Repair(SqliteConnection connection)
    {
        foreach (var currency in wrongBalances)
        {
            var (events, total) = balances.GetValueOrDefault(currency);
            RevenueBalances.Write(connection, User, currency, events, total);
            connection.Statement("DELETE FROM balances WHERE user = ?1 AND currency = ?2 AND events = 0")
                .Bind(1, User).Bind(2, currency).Run();
        }

        foreach (var key in wrongSums)
        {
            RevenueSums.Write(connection, key, sums.GetValueOrDefault(key));
        }
    }

    private void CompareWithLedger(SqliteConnection connection, string name)
    {
        var stored = RevenueBalances.Read(connection, User);
        var purged = RevenueBatch.ReadPurged(connection);
        foreach (var (currency, each) in stored)
        {
            balances[currency] = each.Purged;
        }

        Recount(connection, purged);
        foreach (var currency in stored.Keys.Union(balances.Keys).Order(StringComparer.Ordinal))
        {
            var (was, right) = (stored.TryGetValue(currency, out var found) ? found.All : default, balances.GetValueOrDefault(currency));
            if (was != right)
            {
                wrongBalances.Add(currency);
                Difference ??= FormattableString.Invariant(
                    $"The user '{name}' is stored with {was.Events} entries of together {was.Total} {currency}, ")
                    + FormattableString.Invariant($"and the ledger has {right.Events} of together {right.Total}.");
            }
        }

        var storedSums = Enum.GetValues<RevenueSpan>().SelectMany(span => RevenueSums.Read(
            connection, User, span, RevenueTime.NumberOf(span, purged), long.MaxValue)).ToDictionary(each => each.Key, each => each.Sum);
        wrongSums.AddRange(storedSums.Keys.Union(sums.Keys)
            .Where(key => storedSums.GetValueOrDefault(key) != sums.GetValueOrDefault(key)));
        if (wrongSums.Count > 0)
        {
            Difference ??= $"Of the user '{name}' {wrongSums.Count} sums by minute or day differ from the ledger.";
        }
    }

    private void Recount(SqliteConnection connection, long purged)
    {
        var rows = connection.Statement(
            "SELECT at, currency, effect_high, effect_low FROM entries WHERE user = ?1 AND at IS NOT NULL").Bind(1, User);
        while (rows.Step())
        {
            var (at, currency, effect) = (rows.Int64(0), rows.Text(1), new Amount(SqliteSums.Read(rows, 2)));
            var balance = balances.GetValueOrDefault(currency);
            balances[currency] = (balance.Events + 1, balance.Total + effect);

            // The purge has yet to reach this one: its sums may be gone or not.
            if (at < purged)
            {
                continue;
            }

            foreach (var span in Enum.GetValues<RevenueSpan>())
            {
                var key = new RevenueSums.Key(User, span, RevenueTime.NumberOf(span, at), currency);
                sums[key] = sums.GetValueOrDefault(key) + RevenueDelta.Of(effect);
            }
        }

        rows.Reset();
    }
}
