using System.Globalization;
using Contracts.Events;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Sites.Sqlite;

/// <content>Salts, and what the Runner does.</content>
internal sealed partial class SqliteSiteStore
{
    /// <summary>How often a rebuild that others overtake tries again before it holds them up.</summary>
    private const int MaxTries = 5;

    public Task<byte[]?> FindAsync(DateOnly day, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => FindSalt(connection, day), cancellationToken);

    public async Task<byte[]> EnsureAsync(DateOnly day, byte[] proposal, CancellationToken cancellationToken) =>
        await file.ReadAsync(connection => FindSalt(connection, day), cancellationToken)
        ?? await file.Writer.RunAsync(
            WritePriority.Control,
            rows: 1,
            connection =>
            {
                connection.Statement("INSERT INTO salts VALUES (?1, ?2) ON CONFLICT DO NOTHING")
                    .Bind(1, day.DayNumber).Bind(2, proposal.AsSpan()).Run();
                return FindSalt(connection, day)!;
            },
            cancellationToken);

    public Task ForgetAsync(DateOnly before, CancellationToken cancellationToken) => file.Writer.RunAsync(
        WritePriority.Upkeep,
        rows: 1,
        connection => connection.Statement("DELETE FROM salts WHERE day < ?1").Bind(1, before.DayNumber).Run(),
        cancellationToken);

    public Task<PurgeStep> PurgeAsync(long before, long forgetBefore, string? after, int limit, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            WritePriority.Upkeep, limit,
            connection => SitePurge.Run(
                connection, before, forgetBefore,
                after is null ? 0 : long.Parse(after, NumberStyles.None, CultureInfo.InvariantCulture), limit),
            cancellationToken);

    public async Task<DriftReport> RebuildAsync(string? after, int limit, bool repair, CancellationToken cancellationToken)
    {
        var (site, day) = Parse(after);
        var (compared, drifted) = (0, new List<string>());
        while (compared < limit)
        {
            if (await file.ReadForRunnerAsync(connection => FindNext(connection, site, day), cancellationToken) is not { } next)
            {
                return new DriftReport(compared, drifted, null);
            }

            compared++;
            (site, day) = (next.Site, next.Day + 1);
            if (await CompareAsync(next.Site, next.Day, repair, cancellationToken) is { } difference)
            {
                var date = DateOnly.FromDayNumber((int)next.Day + UnixDay);
                drifted.Add(string.Create(
                    CultureInfo.InvariantCulture, $"The day {date:yyyy-MM-dd} of the site '{next.Name}' {difference}."));
            }
        }

        return new DriftReport(compared, drifted, string.Create(CultureInfo.InvariantCulture, $"{site} {day}"));
    }

    private static readonly int UnixDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static byte[]? FindSalt(SqliteConnection connection, DateOnly day)
    {
        var row = connection.Statement("SELECT salt FROM salts WHERE day = ?1").Bind(1, day.DayNumber);
        var salt = row.Step() ? row.Blob(0).ToArray() : null;
        row.Reset();
        return salt;
    }

    /// <summary>The next day of a site, or the first one of a later site.</summary>
    private static (long Site, string Name, long Day)? FindNext(SqliteConnection connection, long site, long day)
    {
        while (true)
        {
            var row = connection.Statement("SELECT id, name FROM sites WHERE id >= ?1 ORDER BY id LIMIT 1").Bind(1, site);
            (long Site, string Name)? found = row.Step() ? (row.Int64(0), row.Text(1)) : null;
            row.Reset();
            if (found is not { } at)
            {
                return null;
            }

            if (SiteDay.FindFirst(connection, at.Site, at.Site == site ? day : long.MinValue) is { } first)
            {
                return (at.Site, at.Name, first);
            }

            (site, day) = (at.Site + 1, long.MinValue);
        }
    }

    private async Task<string?> CompareAsync(long site, long day, bool repair, CancellationToken cancellationToken)
    {
        string? told = null;
        for (var tries = 1; ; tries++)
        {
            // A snapshot: what is written meanwhile is in neither of the two.
            var found = await file.ReadForRunnerAsync(connection => SiteDay.Compare(connection, site, day), cancellationToken);
            if (found.Difference is not { } difference)
            {
                if (found.Large.Count > 0)
                {
                    // If something has changed since, the next comparison does it.
                    await file.Writer.RunAsync(WritePriority.Upkeep, found.Large.Count, found.TryFold, cancellationToken);
                }

                return told;
            }

            told ??= difference;
            if (!repair)
            {
                return told;
            }

            // Others go on counting while the events are read; only the last try makes them wait.
            var isDone = await file.Writer.RunAsync(
                WritePriority.Upkeep,
                rows: 1,
                connection => tries < MaxTries ? found.TrySwap(connection)
                    : SiteDay.Compare(connection, site, day) is var now && (now.Difference is null || now.TrySwap(connection)),
                cancellationToken);
            if (isDone)
            {
                return told;
            }
        }
    }

    private static (long Site, long Day) Parse(string? cursor)
    {
        if (cursor is null)
        {
            return (0, long.MinValue);
        }

        var parts = cursor.Split(' ');
        return (long.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture),
            long.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }
}
