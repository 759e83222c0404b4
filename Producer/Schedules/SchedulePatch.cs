using System.Text.Json;
using Contracts.Schedules;
using Contracts.Timers;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>Fields of a schedule to be changed; absent ones stay, null sets the default.</summary>
internal sealed class SchedulePatch : ScheduleFields
{
    /// <summary>The ways to say when it runs, each with the fields that say more of it.</summary>
    private static readonly Dictionary<string, string[]> Ways = new(StringComparer.Ordinal)
    {
        ["cron"] = ["dialect"],
        ["rrule"] = ["exdates", "rdates", "anchor"],
        ["every"] = ["anchor"],
        ["at"] = [],
    };

    private static readonly HashSet<string> Names =
        [.. ScheduleResourcesJson.Default.ScheduleRequest.Properties.Select(property => property.Name)];

    /// <summary>Reads what a merge patch makes of a schedule. One that says anew when it runs need not take the former way away.</summary>
    /// <param name="patch">An object.</param>
    /// <param name="record">What it is merged with.</param>
    /// <param name="webhooks">Merges the webhook.</param>
    /// <param name="errors">What is wrong.</param>
    public static ScheduleRequest Merge(JsonElement patch, ScheduleRecord record, IWebhookReader webhooks, FieldErrors errors)
    {
        var shown = JsonSerializer.SerializeToElement(
            ScheduleResource.From(record, record.Progress.ChangedAt), ScheduleResourcesJson.Default.ScheduleResource);
        var fields = shown.EnumerateObject().Where(field => Names.Contains(field.Name) && !webhooks.Fields.Contains(field.Name))
            .ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);

        // These are shown where nobody has put them, too.
        if (record.Definition.When.Anchor is null)
        {
            fields.Remove("anchor");
        }

        if (record.Definition.When.Zone is null)
        {
            fields.Remove("zone");
        }

        foreach (var (way, more) in Ways.Where(each => fields.ContainsKey(each.Key)))
        {
            var isTaken = patch.TryGetProperty(way, out var value)
                ? value.ValueKind == JsonValueKind.Null : Ways.Keys.Any(other => IsGiven(patch, other));
            if (isTaken)
            {
                fields.Remove(way);
                Array.ForEach(more, field => fields.Remove(field));
            }
        }

        foreach (var field in patch.EnumerateObject().Where(field => !webhooks.Fields.Contains(field.Name)))
        {
            if (field.Value.ValueKind != JsonValueKind.Null || !Names.Contains(field.Name))
            {
                fields[field.Name] = field.Value;
            }
            else
            {
                fields.Remove(field.Name);
            }
        }

        return ScheduleRequest.From(
            fields, webhooks.Change(patch, SensitiveParts.Masked(record.Definition.Webhook), errors.Add), errors);
    }

    /// <summary>The names of stored calendars that a patch gives. Those that the schedule names already are known.</summary>
    public static IEnumerable<string> SharedCalendars(JsonElement patch) => patch.TryGetProperty("calendars", out var value)
        ? (ScheduleCalendarRequest.ListFrom(value, "calendars", new FieldErrors()) ?? [])
            .Select(each => each.ToCalendar()).Where(each => each.IsShared).Select(each => each.Name)
        : [];

    private static bool IsGiven(JsonElement patch, string name) =>
        patch.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
}
