using System.Globalization;
using Contracts.Events;
using Contracts.Revenue;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <content>Registered names, and what the Runner does.</content>
internal sealed partial class SqliteRevenueStore
{
    /// <summary>Users that a step of the purge looks at, at most.</summary>
    private const int MaxUsersPerStep = 500;

    /// <summary>Cursors of comparisons: a user's number, or behind this letter a day.</summary>
    private const char OfDay = 'd';

    public Task<bool> RegisterAsync(string tenant, RevenueEventType type, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            WritePriority.Control, rows: 1, connection => RevenueTypes.Register(connection, tenant, type), cancellationToken);

    public Task<bool> UnregisterAsync(string tenant, string name, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            WritePriority.Control, rows: 1, connection => RevenueTypes.Unregister(connection, tenant, name), cancellationToken);

    public Task<IReadOnlyList<RevenueEventType>> ListTypesAsync(string tenant, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => RevenueTypes.List(connection, tenant), cancellationToken);

    public Task<PurgeStep> PurgeAsync(long before, long forgetBefore, string? after, int limit, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            WritePriority.Upkeep,
            limit,
            connection => RevenuePurge.Run(connection, before, forgetBefore, after is null ? 0 : Parse(after), limit, MaxUsersPerStep),
            cancellationToken);

    public Task<long> FindPurgedAsync(CancellationToken cancellationToken) => file.ReadAsync(RevenueBatch.ReadPurged, cancellationToken);

    public async Task<DriftReport> RebuildAsync(string? after, int limit, bool repair, CancellationToken cancellationToken)
    {
        if (after?.StartsWith(OfDay) == true)
        {
            return await RebuildDaysAsync(Parse(after.AsSpan(1)), limit, repair, cancellationToken);
        }

        var users = await file.ReadForRunnerAsync(
            connection => FindUsers(connection, after is null ? 0 : Parse(after), limit), cancellationToken);
        var drifted = new List<string>();
        foreach (var user in users)
        {
            var difference = await CompareAsync(
                connection => RevenueTotals.Compare(connection, user), totals => totals?.Difference,
                (totals, connection) => totals?.Repair(connection), repair, cancellationToken);
            if (difference is not null)
            {
                drifted.Add(difference);
            }
        }

        return new DriftReport(users.Count, drifted, users.Count == limit ? Write(users[^1]) : $"{OfDay}{Write(long.MinValue)}");
    }

    /// <summary>After all users, so that what is compared with theirs is compared with what is right.</summary>
    private async Task<DriftReport> RebuildDaysAsync(long after, int limit, bool repair, CancellationToken cancellationToken)
    {
        // Of purged days some sums are gone.
        var purged = await FindPurgedAsync(cancellationToken);
        var last = Math.Max(after, RevenueTime.NumberOf(RevenueSpan.Day, purged) - 1);
        var drifted = new List<string>();
        for (var checkedDays = 0; ; checkedDays++)
        {
            if (checkedDays == limit)
            {
                return new DriftReport(checkedDays, drifted, $"{OfDay}{Write(last)}");
            }

            var from = last;
            if (await file.ReadForRunnerAsync(connection => RevenueDay.FindNext(connection, from), cancellationToken) is not { } day)
            {
                return new DriftReport(checkedDays, drifted, null);
            }

            var difference = await CompareAsync(
                connection => RevenueDay.Compare(connection, day), found => found.Difference,
                (found, connection) => found.Repair(connection), repair, cancellationToken);
            if (difference is not null)
            {
                drifted.Add(difference);
            }

            last = day;
        }
    }

    /// <summary>Compares while others write; what differs is compared again by the writer, which makes others wait, but is rare.</summary>
    private async Task<string?> CompareAsync<T>(
        Func<SqliteConnection, T> compare, Func<T, string?> tell, Action<T, SqliteConnection> put, bool repair,
        CancellationToken cancellationToken)
    {
        var difference = await file.ReadForRunnerAsync(connection => tell(compare(connection)), cancellationToken);
        if (difference is null || !repair)
        {
            return difference;
        }

        await file.Writer.RunAsync(
            WritePriority.Upkeep,
            rows: 1,
            connection =>
            {
                put(compare(connection), connection);
                return true;
            },
            cancellationToken);
        return difference;
    }

    private static List<long> FindUsers(SqliteConnection connection, long after, int limit)
    {
        var rows = connection.Statement("SELECT id FROM users WHERE id > ?1 ORDER BY id LIMIT ?2").Bind(1, after).Bind(2, limit);
        var ids = new List<long>();
        while (rows.Step())
        {
            ids.Add(rows.Int64(0));
        }

        rows.Reset();
        return ids;
    }

    private static string Write(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Parse(ReadOnlySpan<char> cursor) => long.Parse(cursor, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
