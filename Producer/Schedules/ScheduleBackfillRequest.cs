using System.Text.Json;
using Contracts.Schedules;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>Which past runs are made, and at which rate.</summary>
internal class ScheduleBackfillRequest
{
    /// <summary>The first scheduled instant. A replay may leave it out: from the first recorded one.</summary>
    public DateTimeOffset? From { get; set; }

    /// <summary>The last scheduled instant, not ahead. A replay may leave it out: up to now.</summary>
    public DateTimeOffset? To { get; set; }

    /// <summary>Maximum number of runs a minute; 1 to 3,000. Default 60.</summary>
    public int? PerMinute { get; set; }

    /// <summary>Reads valid fields and reports invalid ones.</summary>
    public static ScheduleBackfillRequest Parse(JsonElement json, bool isReplay, DateTimeOffset now, FieldErrors errors)
    {
        var request = new ScheduleBackfillRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "from": request.From = Read.Instant(field.Value, "from", errors); break;
                case "to": request.To = Read.Instant(field.Value, "to", errors); break;
                case "perMinute": request.PerMinute = Read.Integer(field.Value, "perMinute", errors); break;
                default: errors.Add(field.Name, "is not a known field; known are from, to, perMinute"); break;
            }
        }

        if (!isReplay)
        {
            Require("from", request.From);
            Require("to", request.To);
        }

        if (request.PerMinute is < 1 or > SchedulePlanner.MaxPerMinute)
        {
            errors.Add("perMinute", $"must be from 1 to {SchedulePlanner.MaxPerMinute:#,0}");
        }

        if (request.From?.UtcDateTime.Year < ScheduleReader.MinYear)
        {
            errors.Add("from", ScheduleReader.Years);
        }

        if (request.To > now)
        {
            errors.Add("to", "must not lie ahead");
        }

        if ((request.To ?? now) < request.From)
        {
            errors.Add("from", "must not lie behind to, or ahead");
        }

        return request;

        void Require(string name, DateTimeOffset? value)
        {
            if (value is null && !errors.Has(name))
            {
                errors.Add(name, "is missing");
            }
        }
    }
}
