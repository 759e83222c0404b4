using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Mvc;
using Producer.Http;
using Producer.Seeds;
using Producer.Timers;

namespace Producer;

/// <summary>Source-generated JSON of requests and answers.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DurationConverter), typeof(InstantConverter)])]
[JsonSerializable(typeof(TimerRequest))]
[JsonSerializable(typeof(TimerRequest[]))]
[JsonSerializable(typeof(TimerChange))]
[JsonSerializable(typeof(TimerResource))]
[JsonSerializable(typeof(TimerList))]
[JsonSerializable(typeof(AttemptList))]
[JsonSerializable(typeof(TimerStats))]
[JsonSerializable(typeof(BatchResource))]
[JsonSerializable(typeof(ReplayRequest))]
[JsonSerializable(typeof(ReplaySummary))]
[JsonSerializable(typeof(SeedTimerRequest))]
[JsonSerializable(typeof(SeedTimerAnswer))]
[JsonSerializable(typeof(SeedError))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
internal sealed partial class ProducerJson : JsonSerializerContext
{
    /// <summary>The one that answers are written with.</summary>
    public static ProducerJson Http { get; } = new(Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)));

    /// <summary>Readable text is not escaped, since answers are never put into HTML.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Sets what requests and answers have in common.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Encoder = Encoder;
        options.Converters.Add(new DurationConverter());
        options.Converters.Add(new InstantConverter());
        return options;
    }
}
