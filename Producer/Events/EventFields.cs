using System.Text.Json;
using Contracts.Common;
using Producer.Http;

namespace Producer.Events;

/// <summary>Fields that events of several slices have.</summary>
internal static class EventFields
{
    /// <summary>Reads an event that is a JSON object.</summary>
    /// <param name="item">Where it stands.</param>
    /// <param name="read">Creates the request; the element is invalid once it has returned.</param>
    /// <returns>Null if it is none.</returns>
    public static TRequest? ReadObject<TRequest>(EventItem item, Func<JsonElement, FieldErrors, TRequest> read)
        where TRequest : class
    {
        using var document = JsonBody.ParseObject(new System.Buffers.ReadOnlySequence<byte>(item.Json), item.Errors);
        return document is null ? null : read(document.RootElement, item.Errors);
    }

    /// <summary>Reads an instant in any form that events may have.</summary>
    public static DateTimeOffset? Timestamp(JsonElement value, FieldErrors errors)
    {
        const string Field = "timestamp";
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : Http.Read.Text(value, Field, errors);
        return text is null || errors.Has(Field) ? null : Timestamp(text, value.ValueKind == JsonValueKind.Number, errors);
    }

    /// <summary>The time of a CloudEvent, for an event that names none itself.</summary>
    /// <param name="own">What the event says.</param>
    /// <param name="item">The event, whose envelope may say it.</param>
    public static DateTimeOffset? TimestampOr(DateTimeOffset? own, EventItem item) =>
        own is null && item.Envelope?.Time is { } time && !item.Errors.Has("timestamp")
            ? Timestamp(time, isNumber: false, item.Errors)
            : own;

    /// <summary>The subject of a CloudEvent, for an event that does not name what it is about.</summary>
    /// <param name="own">What the event says.</param>
    /// <param name="field">The field's name.</param>
    /// <param name="item">The event, whose envelope may say it.</param>
    public static string? SubjectOr(string? own, string field, EventItem item) =>
        own ?? (item.Errors.Has(field) ? null : item.Envelope?.Subject);

    private static DateTimeOffset? Timestamp(string text, bool isNumber, FieldErrors errors)
    {
        if (EventInstant.Read(text, isNumber, out var at) is not { } problem)
        {
            return at;
        }

        errors.Add("timestamp", problem);
        return null;
    }
}
