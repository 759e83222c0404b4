using System.Runtime.InteropServices;
using System.Text.Json;
using Producer.Http;

namespace Producer.Events;

/// <summary>
/// CloudEvents 1.0 over HTTP (https://github.com/cloudevents/spec): structured, in batches, and binary, whose attributes are headers.
/// </summary>
internal static class CloudEvents
{
    public const string Structured = "application/cloudevents+json";
    public const string Batch = "application/cloudevents-batch+json";

    private const string Header = "ce-";
    private const string Version = "1.0";
    private const int MaxAttributeLength = 1_024;

    public static bool IsStructured(HttpRequest request) => Has(request, Structured);

    public static bool IsBatch(HttpRequest request) => Has(request, Batch);

    public static bool IsBinary(HttpRequest request) => request.Headers.ContainsKey($"{Header}specversion");

    /// <summary>The envelope that the headers of a binary one are.</summary>
    /// <param name="request">The HTTP request, of which only headers are read.</param>
    /// <param name="errors">Gets what is wrong, under the name of each field.</param>
    public static EventEnvelope? FromHeaders(HttpRequest request, FieldErrors errors)
    {
        return Compose(Value("specversion"), Value("id"), Value("source"), Value("type"), Value("subject"), Value("time"), Header, errors);

        string? Value(string name)
        {
            if (!request.Headers.TryGetValue(Header + name, out var value))
            {
                return null;
            }

            if (CloudEventHeader.TryDecode(value.ToString(), out var text))
            {
                return text;
            }

            errors.Add(Header + name, "is not percent-encoded UTF-8, or a quoted text that does not end");
            return null;
        }
    }

    /// <summary>Takes a structured one apart.</summary>
    /// <param name="json">The whole event as JSON, in UTF-8.</param>
    /// <param name="room">How many errors the response lists.</param>
    public static EventItem Unwrap(ReadOnlyMemory<byte> json, ErrorRoom room)
    {
        var errors = new FieldErrors(room);
        using var document = JsonBody.ParseObject(new System.Buffers.ReadOnlySequence<byte>(json), errors);
        if (document is null)
        {
            return new EventItem(json, errors);
        }

        var root = document.RootElement;
        var envelope = Compose(
            Text("specversion"), Text("id"), Text("source"), Text("type"), Text("subject"), Text("time"), string.Empty, errors);
        return new EventItem(DataOf(root, errors), errors) { Envelope = envelope };

        string? Text(string name) => root.TryGetProperty(name, out var value) ? Read.Text(value, name, errors) : null;
    }

    private static ReadOnlyMemory<byte> DataOf(JsonElement root, FieldErrors errors)
    {
        if (root.TryGetProperty("data", out var data))
        {
            return JsonMarshal.GetRawUtf8Value(data).ToArray();
        }

        if (!root.TryGetProperty("data_base64", out var encoded))
        {
            errors.Add("data", "is required");
            return default;
        }

        if (encoded.ValueKind == JsonValueKind.String && encoded.TryGetBytesFromBase64(out var bytes))
        {
            return bytes;
        }

        errors.Add("data_base64", "must be Base64");
        return default;
    }

    private static EventEnvelope? Compose(
        string? version, string? id, string? source, string? type, string? subject, string? time, string prefix, FieldErrors errors)
    {
        if (version != Version && !errors.Has($"{prefix}specversion"))
        {
            errors.Add($"{prefix}specversion", $"must be {Version}");
        }

        Require(id, "id");
        Require(source, "source");
        Require(type, "type");
        if (subject?.Length > MaxAttributeLength || time?.Length > MaxAttributeLength)
        {
            errors.Add($"{prefix}subject", $"and time must not be longer than {MaxAttributeLength} characters");
        }

        return errors.Any ? null : new EventEnvelope(EventIds.OfEnvelope(source!, id!), subject, time);

        void Require(string? value, string name)
        {
            if (value is not { Length: > 0 and <= MaxAttributeLength } && !errors.Has(prefix + name))
            {
                errors.Add(prefix + name, $"is required, with 1 to {MaxAttributeLength} characters");
            }
        }
    }

    private static bool Has(HttpRequest request, string type) =>
        request.ContentType is { } given
        && given.AsSpan(0, given.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? end : given.Length).Trim()
            .Equals(type, StringComparison.OrdinalIgnoreCase);
}
