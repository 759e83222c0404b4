using System.Runtime.InteropServices;
using Contracts.Timers;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Timers.Sqlite;

/// <content>How much room timers take.</content>
internal sealed partial class SqliteTimerStore : ITimerUsage
{
    /// <summary>Rows of one step; about 20 ms, in which other reads have their own connections.</summary>
    private const int RowsMeasured = 20_000;

    public Task<TimerUsageStep> MeasureAsync(TimerCursor? after, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            // The length stands in the row's head: a spec on pages of its own is not read.
            var rows = connection.Statement("SELECT seq, tenant, length(spec) FROM timers WHERE seq > ?1 ORDER BY seq LIMIT ?2")
                .Bind(1, after?.Position ?? 0).Bind(2, RowsMeasured);
            var byNumber = new Dictionary<long, long>();
            var (count, last) = (0, 0L);
            for (; rows.Step(); count++)
            {
                last = rows.Int64(0);
                CollectionsMarshal.GetValueRefOrAddDefault(byNumber, rows.Int64(1), out _) += rows.Int64(2);
            }

            rows.Reset();
            var bytes = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var (number, sum) in byNumber)
            {
                // In a damaged file a row may be nobody's.
                if (SqliteTenants.FindName(connection, number) is { } tenant)
                {
                    bytes.Add(tenant, sum);
                }
            }

            return new TimerUsageStep(
                bytes,
                count < RowsMeasured ? null : new TimerCursor(last));
        },
        cancellationToken);
}
