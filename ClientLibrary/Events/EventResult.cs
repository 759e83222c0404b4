using System.Text.Json.Serialization;

namespace ClientLibrary.Events;

/// <summary>What became of one event.</summary>
public sealed record EventResult
{
    /// <summary>Its place among those that were sent, from 0.</summary>
    public int Index { get; init; }

    /// <summary>
    /// 201 applied, 202 queued, 200 a duplicate, 400 not valid, 404 it refers to what is not there, 422 without effect, 500 a dead letter.
    /// </summary>
    public required int Status { get; init; }

    /// <summary>Whether the same event may be accepted later.</summary>
    public bool Retryable { get; init; }

    /// <summary>The id of what it creates.</summary>
    public string? Id { get; init; }

    /// <summary>Its own id.</summary>
    public string? EventId { get; init; }

    /// <summary>Tells later what became of it.</summary>
    public string? TrackingId { get; init; }

    /// <summary>True for a duplicate.</summary>
    public bool? Duplicate { get; init; }

    /// <summary>Why it was refused, or has no effect.</summary>
    public string? Reason { get; init; }

    /// <summary>What is wrong, by the name of each field.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>Whether it was refused.</summary>
    [JsonIgnore]
    public bool IsRefused => Status >= 400;

    /// <summary>Why it was refused, in one line; empty if it was not.</summary>
    public string Explain() => Errors is { Count: > 0 }
        ? string.Join("; ", Errors.Select(field => $"{field.Key} {string.Join(", ", field.Value)}"))
        : Reason ?? string.Empty;
}
