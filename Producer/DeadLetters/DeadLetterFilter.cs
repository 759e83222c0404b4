using System.Globalization;
using Contracts.Messaging;
using Microsoft.AspNetCore.Mvc;
using Producer.Http;

namespace Producer.DeadLetters;

/// <summary>The conditions of a listing, as given in a query string.</summary>
internal sealed record DeadLetterFilter
{
    public const int MaxLimit = 1_000;
    private const int DefaultLimit = 50;

    [FromQuery(Name = "topic")]
    public string? Topic { get; init; }

    [FromQuery(Name = "state")]
    public string? State { get; init; }

    [FromQuery(Name = "cursor")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit")]
    public string? Limit { get; init; }

    /// <summary>The query for the store; null if it is not valid.</summary>
    public DeadLetterQuery? ToQuery(string tenant, FieldErrors errors)
    {
        DeadLetterState? state = State switch { "open" => DeadLetterState.Open, "replayed" => DeadLetterState.Replayed, _ => null };
        if (State is not null && state is null)
        {
            errors.Add("state", "must be one of open, replayed");
        }

        DeadLetterCursor? cursor = null;
        if (Cursor is not null && !TryReadCursor(tenant, Cursor, out cursor))
        {
            errors.Add("cursor", "must be the next of a page before");
        }

        var limit = DefaultLimit;
        if (Limit is not null && !Read.TryWhole(Limit, 1, MaxLimit, out limit))
        {
            errors.Add("limit", $"must be a whole number from 1 to {MaxLimit}");
        }

        return errors.Any ? null : new DeadLetterQuery { Tenant = tenant, Topic = Topic, State = state, Cursor = cursor, Limit = limit };
    }

    public static string WriteCursor(string tenant, DeadLetterCursor cursor) =>
        TenantCursors.Seal(tenant, string.Create(CultureInfo.InvariantCulture, $"{cursor.DiedAt.UtcTicks:x}-{cursor.Id}"));

    private static bool TryReadCursor(string tenant, string text, out DeadLetterCursor? cursor)
    {
        cursor = null;
        var parts = TenantCursors.TryOpen(tenant, text, out var opened) ? opened.Split('-') : [];
        if (parts.Length == 2 && parts[1].Length == 32
            && long.TryParse(parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ticks)
            && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks)
        {
            cursor = new DeadLetterCursor(new DateTimeOffset(ticks, TimeSpan.Zero), parts[1]);
        }

        return cursor is not null;
    }
}
