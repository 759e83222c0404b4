using System.Text.Json;
using Contracts.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>The retry policy for failed attempts.</summary>
internal sealed class RetryRequest
{
    /// <summary>What delays take the place of.</summary>
    private static readonly string[] Rule = ["attempts", "firstDelay", "factor", "maximum"];

    /// <summary>Total attempts, including the first; 1 to 50. Default 5.</summary>
    public int? Attempts { get; set; }

    /// <summary>Pause after the first failure; 1 ms to 1 day. Default PT5S.</summary>
    public TimeSpan? FirstDelay { get; set; }

    /// <summary>Each pause is this many times the one before; 1 to 10. Default 3.</summary>
    public double? Factor { get; set; }

    /// <summary>Maximum pause; 1 ms to 7 days. Default PT1H.</summary>
    public TimeSpan? Maximum { get; set; }

    /// <summary>Maximum share of a pause that is added at random, never subtracted; 0 to 1. Default 0.1.</summary>
    public double? Jitter { get; set; }

    /// <summary>Explicit pauses in place of attempts, firstDelay, factor and maximum; 1 to 49 of them.</summary>
    public IReadOnlyList<TimeSpan>? Delays { get; set; }

    public static RetryRequest? From(JsonElement value, string field, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.Add(field, "must be an object");
            return null;
        }

        var retry = new RetryRequest();
        foreach (var part in value.EnumerateObject())
        {
            var path = $"{field}.{part.Name}";
            switch (part.Name)
            {
                case "attempts": retry.Attempts = Read.Integer(part.Value, path, errors); break;
                case "firstDelay": retry.FirstDelay = Read.Duration(part.Value, path, errors); break;
                case "factor": retry.Factor = Read.Number(part.Value, path, errors); break;
                case "maximum": retry.Maximum = Read.Duration(part.Value, path, errors); break;
                case "jitter": retry.Jitter = Read.Number(part.Value, path, errors); break;
                case "delays": retry.Delays = Read.Durations(part.Value, path, errors); break;
                default: errors.Add(path, "is not a known field"); break;
            }
        }

        return retry;
    }

    /// <summary>
    /// A policy in the form of requests, to be merged with a patch, if there is one: without the rule where the patch gives delays, and the
    /// reverse.
    /// </summary>
    public static RetryRequest From(RetryPolicy policy, JsonElement patch)
    {
        if (policy.Delays is { } delays)
        {
            return Rule.Any(name => Gives(patch, name)) ? new RetryRequest() : new RetryRequest { Delays = delays, Jitter = policy.Jitter };
        }

        return Gives(patch, "delays") ? new RetryRequest() : new RetryRequest
        {
            Attempts = policy.Attempts,
            FirstDelay = policy.FirstDelay,
            Factor = policy.Factor,
            Maximum = policy.Maximum,
            Jitter = policy.Jitter,
        };
    }

    private static bool Gives(JsonElement patch, string name) =>
        patch.ValueKind == JsonValueKind.Object && patch.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public RetryPolicy ToPolicy()
    {
        var standard = RetryPolicy.Default;
        return new RetryPolicy
        {
            Attempts = Delays is { } delays ? delays.Count + 1 : Attempts ?? standard.Attempts,
            FirstDelay = FirstDelay ?? standard.FirstDelay,
            Factor = Factor ?? standard.Factor,
            Maximum = Maximum ?? standard.Maximum,
            Jitter = Jitter ?? (Delays is null ? standard.Jitter : 0),
            Delays = Delays,
        };
    }
}
