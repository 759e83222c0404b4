using System.Globalization;

namespace Bench;

/// <summary>
/// Revenue of 50,000 users: batched over four connections, beside the same ledger and balances straight in SQLite; single over 64
/// connections, beside an empty handler. How long balances and sums take.
/// </summary>
internal static class RevenueScenario
{
    public const int Users = 50_000;

    private const int Warm = 100_000;

    /// <summary>
    /// The ledger, and the balances of the users of what is new in it: in the order of their keys, so that no two writers wait for each
    /// other.
    /// </summary>
    private static readonly PostgresTable Table = new(
        """
        DROP TABLE IF EXISTS entries, balances;
        CREATE TABLE entries ("user" bigint NOT NULL, event uuid NOT NULL, at bigint NOT NULL, effect numeric NOT NULL,
            currency text NOT NULL, name text NOT NULL, PRIMARY KEY ("user", event));
        CREATE INDEX entries_in_time ON entries ("user", at);
        CREATE TABLE balances ("user" bigint NOT NULL, currency text NOT NULL, events bigint NOT NULL, total numeric NOT NULL,
            PRIMARY KEY ("user", currency))
        """,
        """
        WITH added AS (INSERT INTO entries VALUES {rows} ON CONFLICT DO NOTHING RETURNING "user", currency, effect)
        INSERT INTO balances SELECT "user", currency, count(*), sum(effect) FROM added GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT ("user", currency) DO UPDATE
            SET events = balances.events + excluded.events, total = balances.total + excluded.total
        """,
        [
            PostgresTable.Column<long>, PostgresTable.Column<Guid>, PostgresTable.Column<long>, PostgresTable.Column<decimal>,
            PostgresTable.Column<string>, PostgresTable.Column<string>,
        ],
        (row, i) =>
        {
            row.Set(0, i * 104_729 % Users);
            row.Set(1, Guid.CreateVersion7());
            row.Set(2, i * 10_000);
            row.Set(3, (i % 10_000) + ((i % 90) / 100m));
            row.Set(4, i % 3 == 0 ? "USD" : "EUR");
            row.Set(5, "add_revenue");
        });

    private static long made;

    public static async Task RunAsync()
    {
        await using var empty = await ServiceProcess.StartEmptyHandlerAsync();
        await using var service = await ServiceProcess.StartNewAsync();
        using var raw = new RevenueCeiling();
        var rounds = new EventRounds("revenue events", "a revenue event", "/api/v1/revenue/events", Event);
        await rounds.WarmAsync(service, Warm);
        await raw.MeasureAsync(Warm);

        await rounds.BatchedAsync(service, "SQLite alone", raw.MeasureAsync);
        rounds.PrintStored(service);
        await rounds.BesidePostgresAsync(service, Table, Warm);
        await rounds.SingleAsync(service, empty, requests: 20_000);
        await EventRounds.ReadsAsync(
            service,
            ("balances of a user", 200, i => $"/api/v1/revenue/users/user-{i * 7_919 % Users}"),
            ("sums of all by day", 200, _ => "/api/v1/revenue/stats?from=2023-01-01&to=2023-02-01&resolution=P1D"));
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
    }

    /// <summary>Users far from each other, and times that mostly go on.</summary>
    private static string Event()
    {
        var i = Interlocked.Increment(ref made);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"user":"user-{{i * 104_729 % Users}}","name":"{{(i % 5 == 0 ? "subtract_revenue" : "add_revenue")}}","""
            + $"\"value\":{i % 10_000}.{i % 90 + 10},\"currency\":\"{(i % 3 == 0 ? "USD" : "EUR")}\","
            + $"\"timestamp\":{1_672_531_200_000 + i}}}");
    }
}
