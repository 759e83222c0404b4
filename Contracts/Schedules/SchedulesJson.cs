using System.Text.Json.Serialization;

namespace Contracts.Schedules;

/// <summary>Source-generated JSON of what is stored of a schedule. Every released shape stays readable.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true,
    MaxDepth = MaxDepth)]
[JsonSerializable(typeof(ScheduleDefinition))]
[JsonSerializable(typeof(ScheduleProgress))]
[JsonSerializable(typeof(CalendarContent))]
public sealed partial class SchedulesJson : JsonSerializerContext
{
    /// <summary>A body nested as deeply as a request allows is nested deeper inside a definition.</summary>
    private const int MaxDepth = 128;
}
