using System.Globalization;
using Contracts.Timers;
using Microsoft.AspNetCore.Mvc;
using Producer.Http;

namespace Producer.Timers;

/// <summary>The conditions of a listing, as given in a query string.</summary>
internal sealed record TimerFilter(
    [FromQuery(Name = "state")] string? State,
    [FromQuery(Name = "tag")] string? Tag,
    [FromQuery(Name = "dueFrom")] string? DueFrom,
    [FromQuery(Name = "dueTo")] string? DueTo,
    [FromQuery(Name = "cursor")] string? Cursor,
    [FromQuery(Name = "limit")] string? Limit)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 1_000;

    public static readonly IReadOnlyDictionary<string, TimerState> States =
        Enum.GetValues<TimerState>().ToDictionary(TimerResource.StateName, StringComparer.Ordinal);

    /// <summary>The query for the store. Only for a valid filter.</summary>
    public TimerQuery ToQuery(string tenant, TimerCursor? cursor) => new()
    {
        Tenant = tenant,
        State = State is null ? null : States[State],
        Tag = Tag,
        DueFrom = ToInstant(DueFrom),
        DueTo = ToInstant(DueTo),
        Cursor = cursor,
        Limit = Limit is null ? DefaultLimit : ToLimit(Limit) ?? DefaultLimit,
    };

    public static DateTimeOffset? ToInstant(string? text) =>
        text is not null && Read.TryQueryInstant(text, out var instant) ? instant : null;

    public static int? ToLimit(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MaxLimit ? limit : null;
}
