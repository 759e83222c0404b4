using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ClientLibrary.Json;

namespace ClientLibrary.Schedules;

/// <summary>JSON of schedules.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson), typeof(DurationJson)])]
[JsonSerializable(typeof(ScheduleTimes))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(SchedulePreview))]
[JsonSerializable(typeof(NewSchedule))]
[JsonSerializable(typeof(SchedulePause))]
[JsonSerializable(typeof(SchedulePast))]
[JsonSerializable(typeof(Page<ScheduleInfo>))]
[JsonSerializable(typeof(NewCalendar))]
[JsonSerializable(typeof(Page<ListedCalendar>))]
[JsonSerializable(typeof(CalendarInfo))]
internal sealed partial class SchedulesJson : JsonSerializerContext;
