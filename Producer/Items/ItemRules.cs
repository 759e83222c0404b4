using System.Text.Json;
using Contracts.Items;
using Contracts.Storage;
using Producer.Events;
using Producer.Http;

namespace Producer.Items;

/// <summary>The rules for single fields.</summary>
internal static class ItemRules
{
    public const string IdForm = "must be a UUID, such as 019a4c1e-7b52-7c1a-9f60-2f4f6f0d8a11";

    /// <summary>Reads an id; null if it is missing or wrong.</summary>
    public static Guid? ReadId(JsonElement value, string field, FieldErrors errors) =>
        ReadId(Read.Text(value, field, errors), field, errors);

    /// <inheritdoc cref="ReadId(JsonElement, string, FieldErrors)"/>
    public static Guid? ReadId(string? text, string field, FieldErrors errors)
    {
        if (text is null)
        {
            return null;
        }

        if (ItemIds.TryRead(text, out var id))
        {
            return id;
        }

        errors.Add(field, IdForm);
        return null;
    }

    public static string? IdProblem(Guid? id) => id is null ? "is required" : null;

    public static string? DescriptionProblem(string? description) => description is null ? "is required"
        : description.Length > BaseItemCreated.MaxDescriptionLength
            ? $"must not be longer than {BaseItemCreated.MaxDescriptionLength} characters"
        : description.Contains('\0', StringComparison.Ordinal) ? "must not contain the character U+0000" : null;

    /// <summary>Why something cannot have happened at an instant; null if it can. Without one it happens now.</summary>
    /// <param name="at">When.</param>
    /// <param name="clock">The service's time.</param>
    /// <param name="retention">How long it is kept; null for ever.</param>
    public static string? TimestampProblem(DateTimeOffset? at, IStoreClock clock, TimeSpan? retention) =>
        at is { } instant ? EventRules.InstantProblem(instant, clock.Latest, retention) : null;
}
