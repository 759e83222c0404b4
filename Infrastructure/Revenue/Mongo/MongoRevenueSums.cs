using System.Globalization;
using System.Text;
using Contracts.Common;
using Contracts.Revenue;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;

namespace Infrastructure.Revenue.Mongo;

/// <summary>Which documents an entry counts in, and how they are read.</summary>
/// <remarks>
/// A field is a letter (n entries, a added, s subtracted), the number of the minute in the hour or of the day in the month, and the
/// currency as hexadecimal digits, since a field's name cannot have all characters.
/// </remarks>
internal static class MongoRevenueSums
{
    /// <summary>Before fields of a balance with what was purged, which the balance goes on counting.</summary>
    public const string PurgedPrefix = "p";

    private const int MinutesOfHour = 60;
    private static readonly int UnixDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>The documents of an entry within a scope, each with the slot that it counts in.</summary>
    public static IEnumerable<(BsonBinaryData Id, int Slot)> Of(byte[] scope, long at, LogPosition log, bool withBalance)
    {
        var minute = RevenueTime.NumberOf(RevenueSpan.Minute, at);
        var hour = (int)RevenueTime.Floor(minute, MinutesOfHour);
        var (month, day) = MonthOf(RevenueTime.NumberOf(RevenueSpan.Day, at));
        yield return (MongoRevenueKeys.Sum(scope, MongoSumKind.Hour, hour, log), (int)(minute - (hour * (long)MinutesOfHour)));
        yield return (MongoRevenueKeys.Sum(scope, MongoSumKind.Month, month, log), day);
        if (withBalance)
        {
            yield return (Balance(scope, log), 0);
        }
    }

    /// <summary>The document of a user's balances, and of nobody else's, with the only slot 0.</summary>
    public static BsonBinaryData Balance(byte[] user, LogPosition log) => MongoRevenueKeys.Sum(user, MongoSumKind.Balance, 0, log);

    /// <summary>The fields that something adds to.</summary>
    public static BsonDocument Fields(int slot, string currency, RevenueDelta delta)
    {
        var name = $"{slot.ToString(CultureInfo.InvariantCulture)}_{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(currency))}";
        var fields = new BsonDocument($"n{name}", delta.Events);
        if (delta.Added.Units != 0)
        {
            fields[$"a{name}"] = MongoSums.Write(delta.Added.Units);
        }

        if (delta.Subtracted.Units != 0)
        {
            fields[$"s{name}"] = MongoSums.Write(delta.Subtracted.Units);
        }

        return fields;
    }

    /// <summary>What a document holds, by slot and currency.</summary>
    /// <param name="row">The document.</param>
    /// <param name="prefix">Before each letter: nothing, or <see cref="PurgedPrefix"/>.</param>
    public static Dictionary<(int Slot, string Currency), RevenueDelta> Read(BsonDocument row, string prefix = "")
    {
        var found = new Dictionary<(int, string), RevenueDelta>();
        foreach (var field in row)
        {
            if (SlotOf(field.Name, prefix) is not { } slot)
            {
                continue;
            }

            var end = field.Name.IndexOf('_', StringComparison.Ordinal);
            var key = (slot, Encoding.UTF8.GetString(Convert.FromHexString(field.Name.AsSpan(end + 1))));
            found[key] = found.GetValueOrDefault(key) + (field.Name[prefix.Length] switch
            {
                'n' => new RevenueDelta(field.Value.ToInt64(), default, default),
                'a' => new RevenueDelta(0, new Amount(MongoSums.Read(field.Value)), default),
                _ => new RevenueDelta(0, default, new Amount(MongoSums.Read(field.Value))),
            });
        }

        return found;
    }

    /// <summary>The slot of a field; null if it is another field.</summary>
    public static int? SlotOf(string field, string prefix = "")
    {
        var end = field.IndexOf('_', StringComparison.Ordinal);
        return end > prefix.Length + 1 && field.StartsWith(prefix, StringComparison.Ordinal) && field[prefix.Length] is 'n' or 'a' or 's'
            && int.TryParse(
                field.AsSpan(prefix.Length + 1, end - prefix.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var slot)
            ? slot : null;
    }

    /// <summary>The number of the minute or day that a slot of a document stands for.</summary>
    public static long NumberOf(BsonValue id, int slot) => MongoRevenueKeys.KindOf(id) == MongoSumKind.Hour
        ? (MongoRevenueKeys.BucketOf(id) * (long)MinutesOfHour) + slot
        : DayOf(MongoRevenueKeys.BucketOf(id), slot);

    /// <summary>The documents of a range of minutes or days.</summary>
    public static BsonDocument Between(byte[] scope, RevenueSpan span, long from, long to)
    {
        if (span == RevenueSpan.Minute)
        {
            return MongoRevenueKeys.SumsBetween(
                scope, MongoSumKind.Hour, (int)RevenueTime.Floor(from, MinutesOfHour), (int)RevenueTime.Floor(to - 1, MinutesOfHour) + 1);
        }

        return MongoRevenueKeys.SumsBetween(scope, MongoSumKind.Month, MonthOf(from).Month, MonthOf(to - 1).Month + 1);
    }

    /// <summary>The number of the month that a day lies in, from the year 0 on, and the day of the month, from 1.</summary>
    public static (int Month, int Day) MonthOf(long day)
    {
        var date = DateOnly.FromDayNumber((int)Math.Clamp(day + UnixDay, 0, DateOnly.MaxValue.DayNumber));
        return ((date.Year * 12) + date.Month - 1, date.Day);
    }

    private static long DayOf(int month, int day) => new DateOnly(month / 12, (month % 12) + 1, day).DayNumber - UnixDay;
}
