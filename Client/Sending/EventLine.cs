using System.Text;
using System.Text.Json;

namespace Client.Sending;

/// <summary>A line of a file, with an id.</summary>
/// <param name="Path">Where it goes.</param>
/// <param name="Json">What is sent.</param>
internal sealed record EventLine(string Path, ReadOnlyMemory<byte> Json)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Reads a line. What is wrong with its fields is the service's to say.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="routeOf">Where it goes, by the names of its fields.</param>
    /// <param name="id">Makes an id, for a line that has none.</param>
    /// <param name="problem">Why it is no JSON object; null if it is one.</param>
    /// <returns>Null if it is no JSON object.</returns>
    public static EventLine? Read(
        ReadOnlyMemory<byte> line, Func<IReadOnlySet<string>, EventRoute> routeOf, Func<Guid> id, out string? problem)
    {
        try
        {
            var (names, values, open) = Scan(line.Span);
            problem = null;
            var route = routeOf(names);
            if (route.IdField is not { } field)
            {
                return new EventLine(route.Path, line);
            }

            // A null is no id: the service would give one of its own, another one each time.
            return values.TryGetValue(field, out var value)
                ? new EventLine(route.Path, value is { IsNull: true } ? Splice(line, value.Start, value.End, $"\"{id():D}\"") : line)
                : new EventLine(route.Path, Splice(line, open, open, $"\"{field}\":\"{id():D}\"{(names.Count > 0 ? "," : string.Empty)}"));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Names that cannot be unescaped are told as the latter.
            problem = $"is not a JSON object: {error.Message}";
            return null;
        }
    }

    /// <returns>The names of its fields, where their values stand, and the first byte behind its opening brace.</returns>
    private static (HashSet<string> Names, Dictionary<string, (int Start, int End, bool IsNull)> Values, int Open) Scan(
        ReadOnlySpan<byte> line)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var values = new Dictionary<string, (int Start, int End, bool IsNull)>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(line, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("it begins with no brace.");
        }

        var open = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            names.Add(name);
            reader.Read();
            var (start, isNull) = ((int)reader.TokenStartIndex, reader.TokenType == JsonTokenType.Null);
            reader.Skip();
            values[name] = (start, (int)reader.BytesConsumed, isNull);
        }

        while (reader.Read())
        {
            // Nothing may follow: the reader throws if something does.
        }

        return (names, values, open);
    }

    private static byte[] Splice(ReadOnlyMemory<byte> line, int start, int end, string text) =>
        [.. line.Span[..start], .. Encoding.UTF8.GetBytes(text), .. line.Span[end..]];
}
