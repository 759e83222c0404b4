using System.Globalization;

namespace Bench;

/// <summary>
/// Transfers of 50,000 items among 10,000 users: batched over four connections, beside the same rows straight in SQLite; single over 64
/// connections, beside an empty handler. How long owners, histories and statistics take.
/// </summary>
internal static class ItemsScenario
{
    public const int Items = 50_000;
    public const int Users = 10_000;

    private const string Root = "/api/v1/items";
    private const int Warm = 100_000;
    private static readonly string BaseItem = new Guid(3, 0, 0, new byte[8]).ToString();

    /// <summary>Transfers, and the counts by minute of those that are new.</summary>
    private static readonly PostgresTable Table = new(
        """
        DROP TABLE IF EXISTS transfers, sums;
        CREATE TABLE transfers (item uuid NOT NULL, event uuid NOT NULL, at bigint NOT NULL, recipient uuid NOT NULL,
            PRIMARY KEY (item, event));
        CREATE INDEX transfers_of_item ON transfers (item, at);
        CREATE TABLE sums (minute bigint PRIMARY KEY, count bigint NOT NULL)
        """,
        """
        WITH added AS (INSERT INTO transfers VALUES {rows} ON CONFLICT DO NOTHING RETURNING at)
        INSERT INTO sums SELECT at / 600000000, count(*) FROM added GROUP BY 1 ORDER BY 1
        ON CONFLICT (minute) DO UPDATE SET count = sums.count + excluded.count
        """,
        [PostgresTable.Column<Guid>, PostgresTable.Column<Guid>, PostgresTable.Column<long>, PostgresTable.Column<Guid>],
        (row, i) =>
        {
            row.Set(0, Item(i * 104_729 % Items));
            row.Set(1, Guid.CreateVersion7());
            row.Set(2, i * 10_000);
            row.Set(3, User(i * 7_919 % Users));
        });

    private static long made;

    public static async Task RunAsync()
    {
        await using var empty = await ServiceProcess.StartEmptyHandlerAsync();
        await using var service = await ServiceProcess.StartNewAsync();
        using var raw = new TransferCeiling();
        await CreateAsync(service, $"{Root}/base-items", 1, _ => $$"""{"description":"A chair.","eventId":"{{BaseItem}}"}""");
        await CreateAsync(service, $"{Root}/users", Users, i => $$"""{"eventId":"{{User(i)}}"}""");
        await CreateAsync(service, Root, Items, i => $$"""{"baseItem":"{{BaseItem}}","eventId":"{{Item(i)}}"}""");
        var rounds = new EventRounds("transfers", "a transfer", $"{Root}/transfers", Transfer);
        await rounds.WarmAsync(service, Warm);
        await raw.MeasureAsync(Warm);

        await rounds.BatchedAsync(service, "SQLite alone", raw.MeasureAsync);
        rounds.PrintStored(service);
        await rounds.BesidePostgresAsync(service, Table, Warm);
        await rounds.SingleAsync(service, empty, requests: 20_000);
        await EventRounds.ReadsAsync(
            service,
            ("owner of an item", 200, i => $"{Root}/{Item(i * 7_919 % Items)}/owner"),
            ("history of an item", 200, i => $"{Root}/{Item(i * 7_919 % Items)}/history?order=desc"),
            ("transfers by minute", 200, _ => $"{Root}/statistics/transfers/minute"),
            ("transfers by year", 200, _ => $"{Root}/statistics/transfers/year"));
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
    }

    public static Guid Item(long number) => new((int)(number * 2_654_435_761 % int.MaxValue), 1, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 1]);

    public static Guid User(long number) => new((int)(number * 2_654_435_761 % int.MaxValue), 2, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 2]);

    private static async Task CreateAsync(ServiceProcess service, string path, int count, Func<int, string> make) =>
        await Load.SendBatchesAsync(service.Port, 1, Enumerable.Range(0, count).Chunk(1_000).Select(some => RawClient.Post(
            path, string.Concat(some.Select(i => make(i) + "\n")), "application/x-ndjson")));

    /// <summary>Items and users far from each other, and times that mostly go on.</summary>
    private static string Transfer()
    {
        var i = Interlocked.Increment(ref made);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"item":"{{Item(i * 104_729 % Items)}}","to":"{{User(i * 7_919 % Users)}}","timestamp":{{1_672_531_200_000 + i}}}""");
    }
}
