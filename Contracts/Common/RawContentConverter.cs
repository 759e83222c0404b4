using System.Text.Json;
using System.Text.Json.Serialization;

namespace Contracts.Common;

/// <summary>Text is written as a JSON string, JSON as itself; so a JSON string from a client is text.</summary>
public sealed class RawContentConverter : JsonConverter<RawContent>
{
    /// <inheritdoc />
    public override RawContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            var text = new byte[reader.HasValueSequence ? checked((int)reader.ValueSequence.Length) : reader.ValueSpan.Length];
            return new RawContent(text.AsMemory(0, reader.CopyString(text)), IsJson: false);
        }

        using var document = JsonDocument.ParseValue(ref reader);
        return new RawContent(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray(), IsJson: true);
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, RawContent value, JsonSerializerOptions options)
    {
        if (value.IsJson)
        {
            // Was parsed when it came in, so it is not validated again.
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(value.Utf8.Span);
        }
    }
}
