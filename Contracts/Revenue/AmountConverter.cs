using System.Text.Json;
using System.Text.Json.Serialization;

namespace Contracts.Revenue;

/// <summary>Amounts in messages: text, since many readers take a JSON number for a binary float.</summary>
public sealed class AmountConverter : JsonConverter<Amount>
{
    /// <inheritdoc />
    public override Amount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return Amount.Read(text, out var amount) is { } problem ? throw new JsonException($"An amount {problem}.") : amount;
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, Amount value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}
