using System.Text.Json;
using Contracts.Sites;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>One event of a request.</summary>
internal sealed class SiteEventRequest
{
    private const string Known = "site, type, path, user, timestamp, eventId, referrer, utm, properties, userAgent, address";

    /// <summary>The site's id, 1 to 255 characters.</summary>
    public string? Site { get; set; }

    /// <summary>What happened: page_view counts as a view; 1 to 100 characters.</summary>
    public string? Type { get; set; }

    /// <summary>Where on the site, 1 to 2,048 characters.</summary>
    public string? Path { get; set; }

    /// <summary>Who did it, as the site knows them, up to 255 characters. Default: a visitor whom it does not know.</summary>
    public string? User { get; set; }

    /// <summary>
    /// When: RFC 3339 with an offset, or seconds or milliseconds since 1970, or a near miss that has one meaning. Default: now.
    /// </summary>
    public DateTimeOffset? Timestamp { get; set; }

    /// <summary>The client's own id of this event, up to 255 characters. Default: one that the service gives.</summary>
    public string? EventId { get; set; }

    /// <summary>The page that led there, up to 2,048 characters.</summary>
    public string? Referrer { get; set; }

    /// <summary>The tags of the link that led there, each up to 255 characters.</summary>
    public UtmTags? Utm { get; set; }

    /// <summary>What else the site says of it: up to 20 texts, numbers or truth values, each up to 255 characters.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; set; }

    /// <summary>How the visitor's browser names itself, up to 1,024 characters. Default: the request's User-Agent.</summary>
    public string? UserAgent { get; set; }

    /// <summary>
    /// The visitor's IP address, for events that a server sends for its visitors; of it is recorded what the service records of addresses.
    /// Default: that of the client.
    /// </summary>
    public string? Address { get; set; }

    public static SiteEventRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new SiteEventRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "site": request.Site = Read.Text(field.Value, "site", errors); break;
                case "type": request.Type = Read.Text(field.Value, "type", errors); break;
                case "path": request.Path = Read.Text(field.Value, "path", errors); break;
                case "user": request.User = Read.Text(field.Value, "user", errors); break;
                case "timestamp": request.Timestamp = EventFields.Timestamp(field.Value, errors); break;
                case "eventId": request.EventId = Read.Text(field.Value, "eventId", errors); break;
                case "referrer": request.Referrer = Read.Text(field.Value, "referrer", errors); break;
                case "utm": request.Utm = ReadUtm(field.Value, errors); break;
                case "properties": request.Properties = ReadProperties(field.Value, errors); break;
                case "userAgent": request.UserAgent = Read.Text(field.Value, "userAgent", errors); break;
                case "address": request.Address = Read.Text(field.Value, "address", errors); break;
                default: errors.Add(field.Name, $"is not a known field; known are {Known}"); break;
            }
        }

        return request;
    }

    private static UtmTags? ReadUtm(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            if (value.ValueKind != JsonValueKind.Null)
            {
                errors.Add("utm", "must be an object");
            }

            return null;
        }

        var utm = new UtmTags();
        foreach (var field in value.EnumerateObject())
        {
            var text = Read.Text(field.Value, $"utm.{field.Name}", errors);
            switch (field.Name)
            {
                case "source": utm = utm with { Source = text }; break;
                case "medium": utm = utm with { Medium = text }; break;
                case "campaign": utm = utm with { Campaign = text }; break;
                case "term": utm = utm with { Term = text }; break;
                case "content": utm = utm with { Content = text }; break;
                default:
                    errors.Add($"utm.{field.Name}", "is not a known field; known are source, medium, campaign, term, content");
                    break;
            }
        }

        return utm == new UtmTags() ? null : utm;
    }

    private static Dictionary<string, string>? ReadProperties(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            if (value.ValueKind != JsonValueKind.Null)
            {
                errors.Add("properties", "must be an object");
            }

            return null;
        }

        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in value.EnumerateObject())
        {
            switch (field.Value.ValueKind)
            {
                case JsonValueKind.String when Read.Text(field.Value, $"properties.{field.Name}", errors) is { } text:
                    properties[field.Name] = text;
                    break;
                case JsonValueKind.String or JsonValueKind.Null:
                    break;
                case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                    properties[field.Name] = field.Value.GetRawText();
                    break;
                default:
                    errors.Add($"properties.{field.Name}", "must be a text, a number, true or false");
                    break;
            }
        }

        return properties.Count == 0 ? null : properties;
    }
}
