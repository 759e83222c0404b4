using System.Text.Json;

namespace Contracts.Timers;

/// <summary>Reads what a webhook shall be by the rules of timers, for other slices that make timers.</summary>
public interface IWebhookReader
{
    /// <summary>The members of a request that are the webhook's: its address, content, headers and how it is delivered.</summary>
    IReadOnlyCollection<string> Fields { get; }

    /// <summary>Reads them, and leaves others alone.</summary>
    /// <param name="request">A JSON object.</param>
    /// <param name="refuse">Gets each wrong field, and why.</param>
    /// <returns>
    /// Null if something is wrong. Masks (<see cref="SensitiveParts.Mask"/>) are left in it, for the caller to put in their place what they
    /// stand for, or to refuse.
    /// </returns>
    TimerSpec? Read(JsonElement request, Action<string, string> refuse);

    /// <summary>Reads what a JSON merge patch (RFC 7396) makes of a webhook, as for timers, and leaves other members alone.</summary>
    /// <param name="patch">A JSON object: absent members stay, null sets the default, objects merge.</param>
    /// <param name="webhook">What it is merged with, with masks as clients see it.</param>
    /// <param name="refuse">Gets each wrong field, and why.</param>
    /// <returns>Null if something is wrong. Masks are left in it.</returns>
    TimerSpec? Change(JsonElement patch, TimerSpec webhook, Action<string, string> refuse);
}
