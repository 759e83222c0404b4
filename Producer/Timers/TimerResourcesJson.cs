using System.Text.Json;
using System.Text.Json.Serialization;
using Producer.Http;

namespace Producer.Timers;

/// <summary>Source-generated JSON of requests for timers and of their answers.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DurationConverter), typeof(InstantConverter)])]
[JsonSerializable(typeof(TimerRequest))]
[JsonSerializable(typeof(TimerRequest[]))]
[JsonSerializable(typeof(TimerChange))]
[JsonSerializable(typeof(TimerResource))]
[JsonSerializable(typeof(LiveTimerResource))]
[JsonSerializable(typeof(TimerList))]
[JsonSerializable(typeof(AttemptList))]
[JsonSerializable(typeof(TimerStats))]
[JsonSerializable(typeof(BatchResource))]
[JsonSerializable(typeof(TimerPreviewResource))]
[JsonSerializable(typeof(TimerReplay))]
[JsonSerializable(typeof(ReplayRequest))]
[JsonSerializable(typeof(ReplaySummary))]
[JsonSerializable(typeof(SeedTimerRequest))]
[JsonSerializable(typeof(SeedTimerAnswer))]
[JsonSerializable(typeof(SeedError))]
internal sealed partial class TimerResourcesJson : JsonSerializerContext
{
    /// <summary>The context that responses are written with.</summary>
    public static TimerResourcesJson Http { get; } = new(HttpJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)));
}
