using System.Text.Json;
using Contracts.Schedules;
using Contracts.Timers;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>A schedule to be put: when it runs, and the webhook of each run.</summary>
internal sealed class ScheduleRequest : ScheduleFields
{
    /// <summary>The longest time that missed runs may still come after.</summary>
    public static readonly TimeSpan MaxCatchUp = TimeSpan.FromDays(365);

    private TimerSpec? webhook;

    /// <summary>Reads valid fields and reports invalid ones.</summary>
    public static ScheduleRequest From(JsonElement json, IWebhookReader webhooks, FieldErrors errors) => From(
        json.EnumerateObject().Where(field => !webhooks.Fields.Contains(field.Name))
            .Select(field => KeyValuePair.Create(field.Name, field.Value)),
        webhooks.Read(json, errors.Add),
        errors);

    /// <summary>Reads valid fields and reports invalid ones.</summary>
    /// <param name="fields">All but those of the webhook.</param>
    /// <param name="webhook">The webhook; null if it is wrong.</param>
    /// <param name="errors">What is wrong.</param>
    public static ScheduleRequest From(
        IEnumerable<KeyValuePair<string, JsonElement>> fields, TimerSpec? webhook, FieldErrors errors)
    {
        var request = new ScheduleRequest { webhook = webhook };
        foreach (var (name, value) in fields)
        {
            request.ReadField(name, value, errors);
        }

        if (request.CatchUp is { } time && (time < TimeSpan.Zero || time > MaxCatchUp))
        {
            errors.Add("catchUp", "must be from PT0S to P365D");
        }

        return request;
    }

    /// <summary>What is put. Only for a valid request.</summary>
    public ScheduleDefinition ToDefinition() => new()
    {
        When = ToWhen(),
        Misfire = Misfire switch { "all" => MisfireRule.All, "skip" => MisfireRule.Skip, _ => MisfireRule.Latest },
        Overlap = Overlap switch
        {
            "skip" => OverlapRule.Skip,
            "bufferOne" => OverlapRule.BufferOne,
            "bufferAll" => OverlapRule.BufferAll,
            "cancelOther" => OverlapRule.CancelOther,
            _ => OverlapRule.Allow,
        },
        CatchUp = CatchUp == ScheduleDefinition.DefaultCatchUp ? null : CatchUp,
        Webhook = webhook!,
    };

    private void ReadField(string name, JsonElement value, FieldErrors errors)
    {
        switch (name)
        {
            case "misfire": Misfire = Word(value, name, errors, "latest", "all", "skip"); break;
            case "overlap": Overlap = Word(value, name, errors, "allow", "skip", "bufferOne", "bufferAll", "cancelOther"); break;
            case "catchUp": CatchUp = Read.Duration(value, name, errors); break;
            default:
                if (!TryReadTimes(name, value, errors))
                {
                    errors.Add(name, "is not a known field");
                }

                break;
        }
    }
}
