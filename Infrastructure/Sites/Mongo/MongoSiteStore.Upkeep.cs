using System.Globalization;
using Contracts.Common;
using Contracts.Events;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Sites.Mongo;

/// <content>Salts, and what the Runner does.</content>
internal sealed partial class MongoSiteStore
{
    private const int MaxSitesPerStep = 100;
    private const string Salt = "salt";

    private static readonly BsonDocument ById = new("_id", 1);
    private static readonly int UnixDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    public Task<byte[]?> FindAsync(DateOnly day, CancellationToken cancellationToken) => RunAsync(
        async rows => await rows.FindAsync(MongoSiteSchema.Salts, new BsonDocument("_id", day.DayNumber)) is [var row]
            ? row[Salt].AsBsonBinaryData.Bytes
            : null,
        cancellationToken);

    public Task<byte[]> EnsureAsync(DateOnly day, byte[] proposal, CancellationToken cancellationToken) => RunAsync(
        async rows =>
        {
            var id = new BsonDocument("_id", day.DayNumber);
            await rows.UpdateAsync(
                MongoSiteSchema.Salts,
                new UpdateOneModel<BsonDocument>(
                    id, new BsonDocument("$setOnInsert", new BsonDocument(Salt, new BsonBinaryData(proposal))))
                { IsUpsert = true });
            return (await rows.FindAsync(MongoSiteSchema.Salts, id))[0][Salt].AsBsonBinaryData.Bytes;
        },
        cancellationToken);

    public Task ForgetAsync(DateOnly before, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Runner,
        rows => rows.DeleteAsync(MongoSiteSchema.Salts, new BsonDocument("_id", new BsonDocument("$lt", before.DayNumber))),
        cancellationToken);

    public Task<long> FindPurgedAsync(CancellationToken cancellationToken) => RunAsync(ReadPurgedAsync, cancellationToken);

    public async Task<PurgeStep> PurgeAsync(
        long before, long forgetBefore, string? after, int limit, CancellationToken cancellationToken)
    {
        var (end, sites) = await connection.RunAsync(
            MongoLane.Runner,
            async rows => (await RaiseAsync(rows, before), await FindSitesAsync(rows, after, MaxSitesPerStep)),
            cancellationToken);
        var (deleted, done) = (0, after ?? Convert.ToHexStringLower(new byte[MongoSiteKeys.SiteBytes]));
        foreach (var site in sites)
        {
            var (key, left) = (site["_id"].AsBsonBinaryData.Bytes, limit - deleted);
            if (left <= 0)
            {
                return new PurgeStep(deleted, done);
            }

            var step = await connection.RunAsync(
                MongoLane.Runner, rows => MongoSitePurge.RunAsync(rows, key, end, left), cancellationToken);
            deleted += step;
            done = step < left ? Convert.ToHexStringLower(key) : done;
        }

        if (sites.Count == MaxSitesPerStep || deleted >= limit)
        {
            return new PurgeStep(deleted, done);
        }

        var forgotten = await connection.RunAsync(
            MongoLane.Runner, rows => MongoSitePurge.ForgetAsync(rows, Math.Min(forgetBefore, end), limit), cancellationToken);
        return new PurgeStep(deleted, forgotten == limit ? done : null);
    }

    public async Task<DriftReport> RebuildAsync(string? after, int limit, bool repair, CancellationToken cancellationToken)
    {
        var parts = after?.Split(' ');
        var (key, day) = (parts?[0], parts is null ? long.MinValue : long.Parse(parts[1], CultureInfo.InvariantCulture));
        var (compared, drifted) = (0, new List<string>());
        while (compared < limit)
        {
            var next = await connection.RunAsync(MongoLane.Runner, rows => FindNextAsync(rows, key, day), cancellationToken);
            if (next is not { } found)
            {
                return new DriftReport(compared, drifted, null);
            }

            compared++;
            (key, day) = (Convert.ToHexStringLower(found.Site), found.Day + 1);
            if (await connection.RunAsync(
                MongoLane.Clients, rows => MongoSiteDay.CompareAsync(rows, found.Site, found.Day, repair, isExpected: false, maxExact),
                cancellationToken)
                is { } difference)
            {
                var date = DateOnly.FromDayNumber((int)found.Day + UnixDay);
                drifted.Add(string.Create(
                    CultureInfo.InvariantCulture, $"The day {date:yyyy-MM-dd} of the site '{found.Name}' {difference}."));
            }
        }

        return new DriftReport(compared, drifted, string.Create(CultureInfo.InvariantCulture, $"{key} {day}"));
    }

    /// <summary>The next day of a site, or the first one of a later site.</summary>
    private static async Task<(byte[] Site, string Name, long Day)?> FindNextAsync(MongoRows rows, string? key, long day)
    {
        if (key is not null && await rows.FindAsync(
            MongoSiteSchema.Sites, new BsonDocument("_id", new BsonBinaryData(Convert.FromHexString(key)))) is [var current]
            && await FindDayAsync(rows, current, day) is { } next)
        {
            return next;
        }

        while (await FindSitesAsync(rows, key, 1) is [var site])
        {
            if (await FindDayAsync(rows, site, long.MinValue) is { } first)
            {
                return first;
            }

            key = Convert.ToHexStringLower(site["_id"].AsBsonBinaryData.Bytes);
        }

        return null;
    }

    /// <summary>The first day with events or sums, from one on.</summary>
    private static async Task<(byte[] Site, string Name, long Day)?> FindDayAsync(MongoRows rows, BsonDocument site, long from)
    {
        var key = site["_id"].AsBsonBinaryData.Bytes;
        var days = (await MongoSiteErasure.ReadDaysAsync(rows, key)).Where(day => day >= from).Take(1).ToList();
        var begin = from <= TickTime.Of(DateTimeOffset.MinValue) / TimeSpan.TicksPerDay ? long.MinValue : from * TimeSpan.TicksPerDay;
        if (await rows.FindAsync(
            MongoSiteSchema.Events, MongoSiteKeys.EventsBetween(key, begin, long.MaxValue),
            new MongoFind(ByPlace, ByPlace, Limit: 1)) is [var earliest])
        {
            days.Add(SiteTime.NumberOf(SiteSpan.Day, MongoSiteKeys.AtOf(earliest[MongoSiteEvent.Place])));
        }

        return days.Count == 0 ? null : (key, site["name"].AsString, days.Min());
    }

    private static Task<List<BsonDocument>> FindSitesAsync(MongoRows rows, string? after, int limit) => rows.FindAsync(
        MongoSiteSchema.Sites,
        new BsonDocument("_id", new BsonDocument("$gt", new BsonBinaryData(
            after is null ? new byte[MongoSiteKeys.SiteBytes] : Convert.FromHexString(after)))),
        new MongoFind(new BsonDocument("name", 1), ById, limit));

    /// <returns>The first instant that is kept.</returns>
    private static async Task<long> RaiseAsync(MongoRows rows, long before)
    {
        if (TickTime.IsValid(before))
        {
            var start = SiteTime.NumberOf(SiteSpan.Day, before) * TimeSpan.TicksPerDay;
            await rows.UpdateAsync(
                MongoSiteSchema.Purged,
                new UpdateOneModel<BsonDocument>(new BsonDocument("_id", 0), new BsonDocument("$max", new BsonDocument("before", start)))
                {
                    IsUpsert = true,
                });
        }

        return await ReadPurgedAsync(rows);
    }

    private static async Task<long> ReadPurgedAsync(MongoRows rows) =>
        await rows.FindAsync(MongoSiteSchema.Purged, new BsonDocument("_id", 0)) is [var row] ? row["before"].AsInt64 : long.MinValue;
}
