using System.Text.Json;
using Contracts.Revenue;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>One event of a request.</summary>
internal sealed class RevenueEventRequest
{
    private const string Known = "user, name, value, currency, timestamp, eventId";

    /// <summary>The user's id, 1 to 255 characters.</summary>
    public string? User { get; set; }

    /// <summary>What happened: add_revenue, subtract_revenue, or a registered name.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// How much, 0 or more, with at most 15 digits before the point and 9 after it; a number, or a text for clients whose numbers are
    /// binary floats.
    /// </summary>
    public Amount? Value { get; set; }

    /// <summary>The currency, 1 to 12 of A–Z and 0–9. Default: as the service is configured.</summary>
    public string? Currency { get; set; }

    /// <summary>
    /// When: RFC 3339 with an offset, or seconds or milliseconds since 1970, or a near miss that has one meaning. Default: now.
    /// </summary>
    public DateTimeOffset? Timestamp { get; set; }

    /// <summary>The client's own id of this event, unique for the user, up to 255 characters. Default: the service gives one.</summary>
    public string? EventId { get; set; }

    /// <summary>What its name means; null for one that is not registered, and until that was looked up.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public KnownEventType? Type { get; set; }

    public static RevenueEventRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new RevenueEventRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "user": request.User = Read.Text(field.Value, "user", errors); break;
                case "name": request.Name = Read.Text(field.Value, "name", errors); break;
                case "value": request.Value = RevenueRules.ReadAmount(field.Value, "value", errors); break;
                case "currency": request.Currency = Read.Text(field.Value, "currency", errors); break;
                case "timestamp": request.Timestamp = EventFields.Timestamp(field.Value, errors); break;
                case "eventId": request.EventId = Read.Text(field.Value, "eventId", errors); break;
                default: errors.Add(field.Name, $"is not a known field; known are {Known}"); break;
            }
        }

        return request;
    }
}
