using System.Text.Json;
using System.Text.Json.Serialization;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>Source-generated JSON of schedules.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantConverter), typeof(DurationConverter)])]
[JsonSerializable(typeof(SchedulePreviewRequest))]
[JsonSerializable(typeof(SchedulePreviewResource))]
[JsonSerializable(typeof(ScheduleRequest))]
[JsonSerializable(typeof(SchedulePatch))]
[JsonSerializable(typeof(SchedulePauseRequest))]
[JsonSerializable(typeof(ScheduleBackfillRequest))]
[JsonSerializable(typeof(ScheduleReplayRequest))]
[JsonSerializable(typeof(ScheduleResource))]
[JsonSerializable(typeof(ScheduleList))]
[JsonSerializable(typeof(CalendarRequest))]
[JsonSerializable(typeof(CalendarResource))]
[JsonSerializable(typeof(CalendarList))]
internal sealed partial class ScheduleResourcesJson : JsonSerializerContext
{
    /// <summary>The context that responses are written with.</summary>
    public static ScheduleResourcesJson Http { get; } = new(HttpJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)));
}
