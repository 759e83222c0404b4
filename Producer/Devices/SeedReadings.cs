using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Producer.Http;

namespace Producer.Devices;

/// <summary>The seed's request.</summary>
internal sealed class SeedReadings
{
    /// <summary>The device's id, 1 to 255 characters.</summary>
    public string? Id { get; private set; }

    /// <summary>Its readings, up to 10,000.</summary>
    public IReadOnlyList<SeedReading>? Readings { get; private set; }

    /// <summary>Reads it. What is wrong with single readings stays theirs.</summary>
    /// <param name="json">The whole body, in UTF-8.</param>
    /// <param name="errors">What is wrong with the whole.</param>
    public static SeedReadings Read(ReadOnlySpan<byte> json, FieldErrors errors)
    {
        var request = new SeedReadings();
        if (!Utf8.IsValid(json))
        {
            errors.Add("$", "is not valid UTF-8");
            return request;
        }

        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                errors.Add("$", "must be a JSON object");
            }
            else
            {
                request.ReadFields(json, ref reader, errors);
            }

            while (reader.Read())
            {
                // Nothing may follow; the reader throws if something does.
            }
        }
        catch (JsonException error)
        {
            errors.Add("$", JsonBody.Describe(error));
        }
        catch (InvalidOperationException)
        {
            // Names are unescaped to be compared.
            errors.Add("$", ReadingReader.HalfName);
        }

        return request;
    }

    private void ReadFields(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, FieldErrors errors)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                Id = ReadingReader.ReadText(ref reader, "id", null, errors);
            }
            else if (reader.ValueTextEquals("readings"u8))
            {
                reader.Read();
                ReadReadings(json, ref reader, errors);
            }
            else
            {
                // As the seed did.
                reader.Skip();
            }
        }

    }

    private void ReadReadings(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            errors.Add("readings", "must be an array");
            return;
        }

        var readings = new List<SeedReading>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var reading = SeedReading.Read(json, ref reader);
            if (readings.Count < BatchBody.MaxItems)
            {
                readings.Add(reading);
            }
            else if (!errors.Has("readings"))
            {
                errors.Add("readings", $"must not be more than {BatchBody.MaxItems}");
            }
        }

        Readings = readings;
    }
}

/// <summary>The seed's reading.</summary>
internal sealed class SeedReading
{
    /// <summary>When it counted, as it was read.</summary>
    public DateTimeOffset? At { get; private set; }

    /// <summary>What it counted.</summary>
    public long? Count { get; private set; }

    /// <summary>The timestamp as the client wrote it, as JSON; null without one.</summary>
    public string? Timestamp { get; private set; }

    /// <summary>What could not be read of it; the validator adds what is wrong.</summary>
    public FieldErrors Errors { get; } = new();

    /// <summary>Why it is refused; null if it is not.</summary>
    public string? Error => !Errors.Any ? null
        : string.Join("; ", Errors.ToDictionary().Select(each => $"{(each.Key == "$" ? "The reading" : each.Key)} {each.Value[0]}"));

    /// <summary>Reads the value that a reader is at.</summary>
    public static SeedReading Read(ReadOnlySpan<byte> json, ref Utf8JsonReader reader)
    {
        var reading = new SeedReading();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            reading.Errors.Add("$", "must be an object");
            return reading;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("timestamp"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reading.At = ReadingReader.ReadTimestamp(ref reader, reading.Errors);
                var end = (int)reader.BytesConsumed;
                reading.Timestamp = end - start > MaxEchoed ? null : Encoding.UTF8.GetString(json[start..end]);
            }
            else if (reader.ValueTextEquals("count"u8))
            {
                reader.Read();
                reading.Count = ReadingReader.ReadCount(ref reader, reading.Errors);
            }
            else
            {
                reader.Skip();
            }
        }

        return reading;
    }

    /// <summary>What a client wrote is not echoed without bound.</summary>
    private const int MaxEchoed = 200;
}
