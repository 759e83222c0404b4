using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Revenue;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>
/// Revenue in a SQLite file. A batch with its balances and sums is one transaction, so that each entry is counted with it or not at all.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="archives">Whether an archive is kept.</param>
internal sealed partial class SqliteRevenueStore(SqliteFile file, bool archives = false) : IRevenueStore, IRevenueArchive
{
    /// <summary>Rows of one transaction, so that other work never waits long.</summary>
    private const int MaxRows = 1_000;

    public Task AddAsync(IReadOnlyList<Received<RevenueReceived>> messages, CancellationToken cancellationToken)
    {
        ReceivedRevenue.Check(messages);
        return file.IngestAsync(messages, each => each.Events.Count, Begin, static (batch, each) => batch.Add(each), cancellationToken);
    }

    public Task AdjustAsync(IReadOnlyList<Received<RevenueAdjusted>> messages, CancellationToken cancellationToken)
    {
        ReceivedRevenue.Check(messages);
        return file.IngestAsync(messages, _ => 1, Begin, static (batch, each) => batch.Adjust(each), cancellationToken);
    }

    public async Task EraseAsync(IReadOnlyList<Received<RevenueUserErased>> messages, CancellationToken cancellationToken)
    {
        ReceivedRevenue.Check(messages);
        foreach (var message in messages)
        {
            var user = await file.Writer.RunAsync(
                WritePriority.Ingest,
                rows: 1,
                connection =>
                {
                    var begun = RevenueErasure.Begin(connection, message);
                    file.Log.Advance(connection, message.Position);
                    return begun;
                },
                cancellationToken);

            // Of a service that is killed meanwhile, the purge goes on with it.
            while (user is { } number && await file.Writer.RunAsync(
                WritePriority.Ingest, MaxRows, connection => RevenueErasure.Continue(connection, number, MaxRows), cancellationToken)
                == MaxRows)
            {
            }
        }
    }

    public Task<IReadOnlyList<EventSource?>> FindSourcesAsync(
        string tenant, IReadOnlyList<(string User, string EventId)> entries, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => RevenueLedger.FindSources(connection, tenant, entries), cancellationToken);

    public Task<LogPosition?> FindErasureAsync(string tenant, string user, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => RevenueErasure.Find(connection, tenant, user), cancellationToken);

    public Task<RevenueUser?> FindAsync(string tenant, string user, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => RevenueUsers.Find(connection, tenant, user), cancellationToken);

    public Task<IReadOnlyList<RevenueUser>> FindAsync(string tenant, IReadOnlyList<string> users, CancellationToken cancellationToken) =>
        file.ReadAsync<IReadOnlyList<RevenueUser>>(
            connection => [.. users.Select(user => RevenueUsers.Find(connection, tenant, user)).OfType<RevenueUser>()],
            cancellationToken);

    public Task<RevenueUserPage> ListAsync(string tenant, string? after, int limit, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => RevenueUsers.List(connection, tenant, after, limit), cancellationToken);

    public Task<IReadOnlyList<LedgerEntry>> ReadAsync(
        string tenant, string user, RevenueRange range, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => RevenueLedger.Read(connection, tenant, user, range), cancellationToken);

    public Task<IReadOnlyList<RevenueSum>> SumAsync(
        string tenant, string? user, IReadOnlyList<long> boundaries, CancellationToken cancellationToken)
    {
        // Once here, so that wrong ones are the caller's fault and not the store's.
        _ = new RevenueSteps(boundaries, long.MinValue);
        return file.ReadAsync(connection => Sum(connection, tenant, user, boundaries), cancellationToken);
    }

    private static IReadOnlyList<RevenueSum> Sum(
        SqliteConnection connection, string tenant, string? user, IReadOnlyList<long> boundaries)
    {
        // A snapshot: what moves between two ranges meanwhile would be in both, or in none.
        connection.Statement("SAVEPOINT sum").Run();
        try
        {
            var scope = user is not null ? RevenueUsers.FindId(connection, tenant, user)
                : SqliteTenants.Find(connection, tenant) is { } number ? RevenueSums.ScopeOf(number) : null;
            if (scope is not { } whose)
            {
                return [];
            }

            var steps = new RevenueSteps(boundaries, RevenueBatch.ReadPurged(connection));
            foreach (var (span, from, to) in steps.Ranges())
            {
                foreach (var (key, sum) in RevenueSums.Read(connection, whose, span, from, to))
                {
                    steps.Add(span, key.Number, key.Currency, sum);
                }
            }

            return steps.ToSums();
        }
        finally
        {
            connection.Statement("RELEASE sum").Run();
        }
    }

    private RevenueBatch Begin(SqliteConnection connection) => new(connection, archives);
}
