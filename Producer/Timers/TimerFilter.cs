using Contracts.Timers;
using Microsoft.AspNetCore.Mvc;
using Producer.Http;

namespace Producer.Timers;

/// <summary>The conditions of a listing, as given in a query string.</summary>
internal sealed record TimerFilter
{
    /// <summary>All but <c>tag</c>, which may be repeated.</summary>
    public static readonly string[] Parameters = ["state", "dueFrom", "dueTo", "cursor", "limit"];

    public const int DefaultLimit = 50;
    public const int MaxLimit = 1_000;

    [FromQuery(Name = "state")]
    public string? State { get; init; }

    [FromQuery(Name = "tag")]
    public string[]? Tag { get; init; }

    [FromQuery(Name = "dueFrom")]
    public string? DueFrom { get; init; }

    [FromQuery(Name = "dueTo")]
    public string? DueTo { get; init; }

    [FromQuery(Name = "cursor")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit")]
    public string? Limit { get; init; }

    public static readonly IReadOnlyDictionary<string, TimerState> States =
        Enum.GetValues<TimerState>().ToDictionary(TimerResource.StateName, StringComparer.Ordinal);

    /// <summary>The query for the store. Only for a valid filter.</summary>
    public TimerQuery ToQuery(string tenant, TimerCursor? cursor) => new()
    {
        Tenant = tenant,
        State = State is null ? null : States[State],
        Tags = Tag ?? [],
        DueFrom = ToInstant(DueFrom),
        DueTo = ToInstant(DueTo),
        Cursor = cursor,
        Limit = Limit is null ? DefaultLimit : ToLimit(Limit) ?? DefaultLimit,
    };

    public static DateTimeOffset? ToInstant(string? text) =>
        text is not null && Read.TryQueryInstant(text, out var instant) ? instant : null;

    public static int? ToLimit(string text) =>
        Read.TryWhole(text, 1, MaxLimit, out var limit) ? limit : null;
}
