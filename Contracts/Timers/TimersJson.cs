using System.Text.Json.Serialization;

namespace Contracts.Timers;

/// <summary>Source-generated JSON of the timer messages and of what is stored of a timer. Every released shape stays readable.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = MaxDepth)]
[JsonSerializable(typeof(TimerScheduled))]
[JsonSerializable(typeof(TimerSpec))]
[JsonSerializable(typeof(string))]
public sealed partial class TimersJson : JsonSerializerContext
{
    /// <summary>A body nested as deeply as a request allows is nested deeper inside a message.</summary>
    private const int MaxDepth = 128;
}
