using System.Text.Json;
using Contracts.Schedules;
using Contracts.Storage;
using Infrastructure.Storage;

namespace Infrastructure.Schedules.Common;

/// <summary>Reads stored schedules, any of which may be damaged: one that is holds up no other.</summary>
internal static class StoredSchedule
{
    /// <summary>Reads a row.</summary>
    /// <param name="name">The schedule's name, for the report.</param>
    /// <param name="read">Reads the row.</param>
    /// <param name="damage">Told what is wrong with a damaged row.</param>
    /// <returns>Null if it cannot be read.</returns>
    public static ScheduleRecord? TryRead(Func<string> name, Func<ScheduleRecord> read, DamageReport damage) =>
        TryRead("schedule", name, read, damage);

    /// <summary>Reads a calendar's row, as one of a schedule.</summary>
    public static CalendarRecord? TryReadCalendar(Func<string> name, Func<CalendarRecord> read, DamageReport damage) =>
        TryRead("calendar", name, read, damage);

    private static T? TryRead<T>(string kind, Func<string> name, Func<T> read, DamageReport damage)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is JsonException or InvalidCastException or InvalidOperationException or ArgumentException
            or NotSupportedException or FormatException or OverflowException or KeyNotFoundException)
        {
            damage.Add($"The {kind} '{name()}' cannot be read: {error.Message}");
            return null;
        }
    }

    /// <summary>Of a schedule that was asked for by its name.</summary>
    public static StoreUnavailableException Damaged() =>
        new(WriteOutcome.Refused, "The stored schedule is damaged and cannot be read.");

    /// <summary>Of a calendar that was asked for by its name.</summary>
    public static StoreUnavailableException DamagedCalendar() =>
        new(WriteOutcome.Refused, "The stored calendar is damaged and cannot be read.");

    public static CalendarContent ReadCalendar(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, SchedulesJson.Default.CalendarContent) ?? throw new JsonException("It has no content.");

    public static ScheduleProgress ReadProgress(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, SchedulesJson.Default.ScheduleProgress) ?? throw new JsonException("It has no progress.");

    public static ScheduleDefinition ReadDefinition(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, SchedulesJson.Default.ScheduleDefinition) ?? throw new JsonException("It has no definition.");
}
