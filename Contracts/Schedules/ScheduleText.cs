using System.Text.Json;

namespace Contracts.Schedules;

/// <summary>Whether what was put is what is there: equal content is equal text.</summary>
public static class ScheduleText
{
    /// <summary>When it runs, as text.</summary>
    public static byte[] Of(ScheduleWhen when) => JsonSerializer.SerializeToUtf8Bytes(when, SchedulesJson.Default.ScheduleWhen);

    /// <summary>All of it, as text.</summary>
    /// <param name="definition">With nothing of its webhook encrypted: what is, is another text each time.</param>
    public static byte[] Of(ScheduleDefinition definition) =>
        JsonSerializer.SerializeToUtf8Bytes(definition, SchedulesJson.Default.ScheduleDefinition);
}
