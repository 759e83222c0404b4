using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClientLibrary.Json;

/// <summary>Writes instants as the service does: in UTC, with milliseconds, or as many digits as they have.</summary>
public sealed class InstantJson : JsonConverter<DateTimeOffset>
{
    /// <summary>The text of an instant.</summary>
    /// <param name="instant">In any zone.</param>
    public static string ToText(DateTimeOffset instant) => instant.ToUniversalTime().ToString(
        instant.Ticks % TimeSpan.TicksPerMillisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'",
        CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(ToText(value));
}
