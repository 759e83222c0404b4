using System.Globalization;
using Contracts.Timers;
using Microsoft.AspNetCore.Mvc;
using Producer.Http;

namespace Producer.Timers;

/// <summary>The conditions of a listing, as they stand in a query string.</summary>
internal sealed record TimerFilter(
    [FromQuery(Name = "state")] string? State,
    [FromQuery(Name = "tag")] string? Tag,
    [FromQuery(Name = "dueFrom")] string? DueFrom,
    [FromQuery(Name = "dueTo")] string? DueTo,
    [FromQuery(Name = "cursor")] string? Cursor,
    [FromQuery(Name = "limit")] string? Limit)
{
    public const int DefaultLimit = 50;
    public const int MostLimit = 1_000;

    public TimerQuery ToQuery(FieldErrors errors)
    {
        var query = new TimerQuery
        {
            State = ReadState(errors),
            Tag = Tag,
            DueFrom = Read.Instant(DueFrom, "dueFrom", errors),
            DueTo = Read.Instant(DueTo, "dueTo", errors),
            Cursor = ReadCursor(errors),
            Limit = ReadLimit(errors),
        };
        if (Tag is { Length: 0 or > TimerRules.LongestTag })
        {
            errors.Add("tag", $"must have 1 to {TimerRules.LongestTag} characters");
        }

        if (query.DueFrom >= query.DueTo)
        {
            errors.Add("dueTo", "must be later than dueFrom");
        }

        return query;
    }

    private TimerState? ReadState(FieldErrors errors)
    {
        if (State is null)
        {
            return null;
        }

        foreach (var state in Enum.GetValues<TimerState>())
        {
            if (TimerResource.StateName(state) == State)
            {
                return state;
            }
        }

        errors.Add("state", $"must be one of {string.Join(", ", Enum.GetValues<TimerState>().Select(TimerResource.StateName))}");
        return null;
    }

    private long? ReadCursor(FieldErrors errors)
    {
        if (Cursor is null)
        {
            return null;
        }

        if (PageCursor.TryRead(Cursor, out var position))
        {
            return position;
        }

        errors.Add("cursor", "must be the next of a page before");
        return null;
    }

    private int ReadLimit(FieldErrors errors)
    {
        if (Limit is null)
        {
            return DefaultLimit;
        }

        if (int.TryParse(Limit, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MostLimit)
        {
            return limit;
        }

        errors.Add("limit", $"must be a whole number from 1 to {MostLimit}");
        return DefaultLimit;
    }
}
