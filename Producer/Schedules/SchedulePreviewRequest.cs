using System.Text.Json;
using Contracts.Schedules;
using Contracts.Timers;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>A schedule to preview.</summary>
internal sealed class SchedulePreviewRequest : ScheduleTimesRequest
{
    public const int DefaultCount = 10;
    public const int MaxCount = 100;
    public const int MaxNameLength = 128;

    /// <summary>The name that it will have; only jitter depends on it, and needs it. 1 to 128 characters.</summary>
    public string? Name { get; set; }

    /// <summary>How many runs to show, 1 to 100. Default 10.</summary>
    public int? Count { get; set; }

    /// <summary>The instant after which they are. Default now.</summary>
    public DateTimeOffset? After { get; set; }

    /// <summary>
    /// The address that it will call; with it, each of the first 10 runs says what else is due at its scheme, host and port then.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>Reads valid fields and reports invalid ones.</summary>
    public static SchedulePreviewRequest From(JsonElement json, IWebhookReader webhooks, FieldErrors errors)
    {
        var request = new SchedulePreviewRequest();
        if (json.TryGetProperty("url", out var url) && url.ValueKind != JsonValueKind.Null)
        {
            request.Url = webhooks.Read(json, errors.Add)?.Url.OriginalString;
        }

        foreach (var field in json.EnumerateObject())
        {
            request.ReadField(field.Name, field.Value, errors);
        }

        return request;
    }

    private void ReadField(string name, JsonElement value, FieldErrors errors)
    {
        switch (name)
        {
            case "name": Name = Read.Text(value, name, errors); break;
            case "count": Count = Read.Integer(value, name, errors); break;
            case "url": break;
            case "after": After = Read.Instant(value, name, errors); break;
            default:
                if (!TryReadTimes(name, value, errors))
                {
                    errors.Add(name, "is not a known field");
                }

                break;
        }
    }

    /// <summary>Checks what is the preview's and not the schedule's.</summary>
    public void Check(FieldErrors errors)
    {
        if (Name is { Length: 0 or > MaxNameLength })
        {
            errors.Add("name", $"must have 1 to {MaxNameLength} characters");
        }
        else if (Name is null && Jitter > TimeSpan.Zero && !errors.Has("name"))
        {
            errors.Add("name", "is required with jitter, which depends on it");
        }

        if (Count is < 1 or > MaxCount)
        {
            errors.Add("count", $"must be from 1 to {MaxCount}");
        }

        if (After is { UtcDateTime.Year: < ScheduleReader.MinYear or > ScheduleReader.MaxYear })
        {
            errors.Add("after", ScheduleReader.Years);
        }
    }
}
