using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Contracts.Schedules;

/// <summary>Source-generated JSON of what is stored of a schedule. Every released shape stays readable.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true,
    MaxDepth = MaxDepth,
    Converters = [typeof(ScheduleCalendarConverter)])]
[JsonSerializable(typeof(ScheduleDefinition))]
[JsonSerializable(typeof(ScheduleProgress))]
public sealed partial class SchedulesJson : JsonSerializerContext
{
    /// <summary>A body nested as deeply as a request allows is nested deeper inside a definition.</summary>
    private const int MaxDepth = 128;
}

/// <summary>A calendar's dates in their order: the same calendar is always the same text.</summary>
internal sealed class ScheduleCalendarConverter : JsonConverter<ScheduleCalendar>
{
    private const string Format = "yyyy-MM-dd";

    public override ScheduleCalendar Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        var root = json.RootElement;
        return new ScheduleCalendar(root.GetProperty("name").GetString()!, Dates("excluded"), Dates("included"));

        HashSet<DateOnly> Dates(string name) =>
        [
            .. root.GetProperty(name).EnumerateArray()
                .Select(each => DateOnly.ParseExact(each.GetString()!, Format, CultureInfo.InvariantCulture)),
        ];
    }

    public override void Write(Utf8JsonWriter writer, ScheduleCalendar value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("name", value.Name);
        Dates("excluded", value.Excluded);
        Dates("included", value.Included);
        writer.WriteEndObject();

        void Dates(string name, IReadOnlySet<DateOnly> dates)
        {
            writer.WriteStartArray(name);
            foreach (var date in dates.Order())
            {
                writer.WriteStringValue(date.ToString(Format, CultureInfo.InvariantCulture));
            }

            writer.WriteEndArray();
        }
    }
}
