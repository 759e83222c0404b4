using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Producer.Http;

/// <summary>JSON merge patch (RFC 7396): members merge, null removes, anything else replaces.</summary>
internal static class MergePatch
{
    /// <summary>Its media type.</summary>
    public const string Type = "application/merge-patch+json";

    private const string Json = "application/json";

    /// <summary>JSON is taken for a merge patch; other kinds of patches mean something else. A refusal says which are known.</summary>
    public static bool IsAccepted(HttpContext context)
    {
        var type = context.Request.ContentType;
        if (type is null || (MediaTypeHeaderValue.TryParse(type, out var parsed)
            && (parsed.MediaType.Equals(Type, StringComparison.OrdinalIgnoreCase)
                || parsed.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase))))
        {
            return true;
        }

        context.Response.Headers["Accept-Patch"] = $"{Type}, {Json}";
        return false;
    }

    /// <summary>What a patch makes of a value; numbers and strings stay as they were written.</summary>
    /// <param name="target">The value; null for none.</param>
    /// <param name="patch">The patch, not null as a whole.</param>
    /// <returns>JSON in UTF-8.</returns>
    public static ReadOnlyMemory<byte> Apply(JsonElement? target, JsonElement patch)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            Write(json, target, patch);
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, JsonElement? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            WriteAsWritten(json, patch);
            return;
        }

        json.WriteStartObject();
        var members = target is { ValueKind: JsonValueKind.Object } found ? found : (JsonElement?)null;
        if (members is { } old)
        {
            foreach (var member in old.EnumerateObject().Where(member => !patch.TryGetProperty(member.Name, out _)))
            {
                json.WritePropertyName(member.Name);
                WriteAsWritten(json, member.Value);
            }
        }

        foreach (var member in patch.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            json.WritePropertyName(member.Name);
            Write(json, members is { } from && from.TryGetProperty(member.Name, out var value) ? value : null, member.Value);
        }

        json.WriteEndObject();
    }

    /// <summary>Also text that holds half of a surrogate pair, which whoever reads it refuses by name.</summary>
    private static void WriteAsWritten(Utf8JsonWriter json, JsonElement value) =>
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
}
