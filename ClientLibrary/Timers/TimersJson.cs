using System.Text.Json;
using System.Text.Json.Serialization;
using ClientLibrary.Json;

namespace ClientLibrary.Timers;

/// <summary>JSON of timers.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DurationJson), typeof(InstantJson)])]
[JsonSerializable(typeof(NewTimer))]
[JsonSerializable(typeof(Page<TimerInfo>))]
[JsonSerializable(typeof(TimerAttempts))]
[JsonSerializable(typeof(TimerPreview))]
[JsonSerializable(typeof(TimerExpiry))]
[JsonSerializable(typeof(ReplayFilter))]
[JsonSerializable(typeof(ReplaySummary))]
internal sealed partial class TimersJson : JsonSerializerContext;

/// <summary>Attempts of a timer.</summary>
internal sealed record TimerAttempts(IReadOnlyList<TimerAttempt> Items);
