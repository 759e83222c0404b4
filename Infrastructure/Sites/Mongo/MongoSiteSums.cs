using Contracts.Common;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using MongoDB.Bson;

namespace Infrastructure.Sites.Mongo;

/// <summary>Which documents an event counts in, and how they are read.</summary>
internal static class MongoSiteSums
{
    public const string Name = "name";

    /// <summary>The documents of an event, each with the fields that it adds to.</summary>
    public static IEnumerable<(BsonBinaryData Id, BsonDocument Add, string? Name)> Of(byte[] site, SiteEvent siteEvent, LogPosition log)
    {
        var minute = SiteTime.NumberOf(SiteSpan.Minute, siteEvent.At);
        var hour = (int)SiteTime.NumberOf(SiteSpan.Hour, siteEvent.At);
        var (month, day) = MonthOf(SiteTime.NumberOf(SiteSpan.Day, siteEvent.At));
        yield return (MongoSiteKeys.Sum(site, MongoSumKind.Hour, hour, null, log), Counts(siteEvent, (int)(minute - (hour * 60L))), null);
        yield return (MongoSiteKeys.Sum(site, MongoSumKind.Month, month, null, log), Counts(siteEvent, day), null);
        if (siteEvent.IsBot)
        {
            yield break;
        }

        yield return (
            MongoSiteKeys.Sum(site, MongoSumKind.Type, month, siteEvent.Type, log), new BsonDocument($"n{day}", 1L), siteEvent.Type);
        if (siteEvent.IsView)
        {
            yield return (
                MongoSiteKeys.Sum(site, MongoSumKind.Path, month, siteEvent.Path, log), new BsonDocument($"n{day}", 1L), siteEvent.Path);
        }
    }

    /// <summary>The number of the month that a day lies in, from the year 0 on, and the day of the month, from 1.</summary>
    public static (int Month, int Day) MonthOf(long day)
    {
        var date = DateOnly.FromDayNumber((int)(day + UnixDay));
        return ((date.Year * 12) + date.Month - 1, date.Day);
    }

    /// <summary>The number of a day of a month.</summary>
    public static long DayOf(int month, int day) => new DateOnly(month / 12, (month % 12) + 1, day).DayNumber - UnixDay;

    /// <summary>The counts of a slot of a document of totals.</summary>
    public static DaySums.Counts ReadCounts(BsonDocument row, int slot) =>
        new(Long(row, $"e{slot}"), Long(row, $"v{slot}"), Long(row, $"b{slot}"));

    public static long Long(BsonDocument row, string field) => row.TryGetValue(field, out var value) ? value.ToInt64() : 0;

    /// <summary>The fields of a document that belong to a day.</summary>
    public static bool IsOfDay(MongoSumKind kind, string field, int dayOfMonth) => kind == MongoSumKind.Hour
        ? field.Length is 2 or 3 && field[0] is 'e' or 'v' or 'b' && char.IsAsciiDigit(field[1])
        : field == $"n{dayOfMonth}" || field == $"e{dayOfMonth}" || field == $"v{dayOfMonth}" || field == $"b{dayOfMonth}";

    private static readonly int UnixDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static BsonDocument Counts(SiteEvent siteEvent, int slot) => siteEvent.IsBot ? new BsonDocument($"b{slot}", 1L)
        : siteEvent.IsView ? new BsonDocument { { $"e{slot}", 1L }, { $"v{slot}", 1L } }
        : new BsonDocument($"e{slot}", 1L);
}
