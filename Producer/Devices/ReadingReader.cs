using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Contracts.Common;
using Producer.Http;

namespace Producer.Devices;

/// <summary>Reads one reading, token by token: there are too many to build a document for each.</summary>
internal static class ReadingReader
{
    /// <summary>What is wrong with a name that cannot be unescaped.</summary>
    public const string HalfName = "has a name that holds half of a surrogate pair";

    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonBody.MaxDepth };

    /// <summary>Reads a whole JSON value.</summary>
    /// <param name="json">The JSON, in UTF-8.</param>
    /// <param name="known">A device's id that was read before, which is used again where this one's is the same.</param>
    /// <param name="errors">Gets what is wrong, under the name of each field.</param>
    /// <returns>Null if it is no object.</returns>
    public static ReadingRequest? Read(ReadOnlySpan<byte> json, string? known, FieldErrors errors)
    {
        if (!Utf8.IsValid(json))
        {
            errors.Add("$", "is not valid UTF-8");
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                ReadToEnd(ref reader);
                errors.Add("$", "must be a JSON object");
                return null;
            }

            var request = ReadObject(ref reader, known, errors);
            ReadToEnd(ref reader);
            return request;
        }
        catch (JsonException error)
        {
            errors.Add("$", JsonBody.Describe(error));
            return null;
        }
        catch (InvalidOperationException)
        {
            // Names are unescaped to be compared.
            errors.Add("$", HalfName);
            return null;
        }
    }

    /// <summary>Reads the rest of an object that has begun.</summary>
    private static ReadingRequest ReadObject(ref Utf8JsonReader reader, string? known, FieldErrors errors)
    {
        var request = new ReadingRequest();
        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.ValueTextEquals("device"u8) ? 1 : reader.ValueTextEquals("timestamp"u8) ? 2
                : reader.ValueTextEquals("count"u8) ? 4 : reader.ValueTextEquals("eventId"u8) ? 8 : 0;
            if (field == 0)
            {
                errors.Add(Text(ref reader) ?? "$", "is not a known field; known are device, timestamp, count, eventId");
                reader.Skip();
                continue;
            }

            if ((seen & field) != 0)
            {
                errors.Add(Text(ref reader) ?? "$", "stands there twice");
            }

            seen |= field;
            reader.Read();
            switch (field)
            {
                case 1: request.Device = ReadText(ref reader, "device", known, errors); break;
                case 2: request.Timestamp = ReadTimestamp(ref reader, errors); break;
                case 4: request.Count = ReadCount(ref reader, errors); break;
                default: request.EventId = ReadText(ref reader, "eventId", null, errors); break;
            }
        }

        return request;
    }

    /// <summary>Reads the timestamp that a reader is at.</summary>
    public static DateTimeOffset? ReadTimestamp(ref Utf8JsonReader reader, FieldErrors errors)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String or JsonTokenType.Number:
                Span<char> text = stackalloc char[EventInstant.MaxLength + 1];
                if (reader.ValueSpan.Length > 6 * EventInstant.MaxLength || !TryCopy(ref reader, text, out var length))
                {
                    errors.Add("timestamp", $"must not be longer than {EventInstant.MaxLength} characters, none of them half a pair");
                    return null;
                }

                if (EventInstant.Read(text[..length], reader.TokenType == JsonTokenType.Number, out var instant) is { } problem)
                {
                    errors.Add("timestamp", problem);
                    return null;
                }

                return instant;
            default:
                reader.Skip();
                errors.Add("timestamp", "must be a string or a number");
                return null;
        }
    }

    /// <summary>Reads the count that a reader is at.</summary>
    public static long? ReadCount(ref Utf8JsonReader reader, FieldErrors errors)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType == JsonTokenType.Number
            && (reader.TryGetInt64(out var count) || (reader.TryGetDecimal(out var exact) && Http.Read.TryWhole(exact, out count))))
        {
            return count;
        }

        reader.Skip();
        errors.Add("count", "must be a 64-bit integer");
        return null;
    }

    /// <summary>Reads the text that a reader is at.</summary>
    public static string? ReadText(ref Utf8JsonReader reader, string field, string? known, FieldErrors errors)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String when known is not null && reader.ValueTextEquals(known):
                return known;
            case JsonTokenType.String when Text(ref reader) is { } text:
                return text;
            case JsonTokenType.String:
                errors.Add(field, "holds half of a surrogate pair");
                return null;
            default:
                reader.Skip();
                errors.Add(field, "must be a string");
                return null;
        }
    }

    /// <returns>Null where an escape is half of a surrogate pair.</returns>
    private static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TryCopy(ref Utf8JsonReader reader, scoped Span<char> text, out int length)
    {
        length = 0;
        if (reader.TokenType == JsonTokenType.Number || !reader.ValueIsEscaped)
        {
            return Encoding.UTF8.TryGetChars(reader.ValueSpan, text, out length);
        }

        try
        {
            length = reader.CopyString(text);
            return true;
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    private static void ReadToEnd(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            // Nothing may follow; the reader throws if something does.
        }
    }
}
