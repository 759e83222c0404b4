using Contracts.Schedules;
using Contracts.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Events;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>GET /schedules and /schedules/{name}.</summary>
internal static class ReadSchedules
{
    /// <summary>What a schedule with a small body takes of a page, with its JSON.</summary>
    private const long UsualBytes = 4_096;

    /// <summary>The rows, and their JSON.</summary>
    private const long PageFactor = 3;

    private static readonly Dictionary<string, ScheduleState> States = new(StringComparer.Ordinal)
    {
        ["active"] = ScheduleState.Active,
        ["paused"] = ScheduleState.Paused,
        ["finished"] = ScheduleState.Finished,
    };

    public static void MapReadSchedules(this IEndpointRouteBuilder schedules)
    {
        schedules.MapGet("/", ListAsync)
            .WithQuery("state", "prefix", "limit", "cursor")
            .WithName("listSchedules")
            .WithSummary("List schedules")
            .WithDescription(
                "In the order of their names; with `state` only those that are `active`, `paused` or `finished`, with `prefix` only names "
                + "that begin like this. `next` is the cursor of the next page.")
            .Produces<ScheduleList>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        schedules.MapGet("/{name}", GetAsync)
            .WithName("getSchedule")
            .WithSummary("Read a schedule")
            .WithDescription(
                "With its next run, its last 20 runs and those that are ahead, each with what has become of it, how late it was and which "
                + "runs are before and behind it; success rate and lateness of these runs; and the runs that were skipped. "
                + "The ETag is that of what clients change; runs do not change it.")
            .Produces<ScheduleResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<JsonAnswer<ScheduleList>, ProblemHttpResult>> ListAsync(
        string? state, string? prefix, string? limit, string? cursor, HttpContext context, IScheduleStore store, IStoreClock clock,
        RequestMemory memory, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var asked = ListPage.Read(context, limit, cursor, errors);
        if (state is not null && !States.ContainsKey(state))
        {
            errors.Add("state", "must be active, paused or finished");
        }

        if (prefix is not null && SchedulePath.PrefixProblem(prefix) is { } problem)
        {
            errors.Add("prefix", problem);
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        // Until its last byte is sent: a client may read slowly.
        var share = memory.Open(context);
        await share.GrowToAsync(asked.Size * UsualBytes, cancellationToken);
        var page = await store.ListAsync(
            new ScheduleQuery(asked.Tenant, asked.Size, asked.After, state is null ? null : States[state], prefix), cancellationToken);
        await share.GrowToAsync(
            (asked.Size * UsualBytes) + (PageFactor * page.Items.Sum(each => each.Definition.Webhook.Bytes)), cancellationToken);
        var now = clock.Now;
        return new JsonAnswer<ScheduleList>(
            new ScheduleList([.. page.Items.Select(each => ScheduleResource.From(each, now))], asked.CursorAfter(page.Next)),
            ScheduleResourcesJson.Http.ScheduleList);
    }

    private static async Task<Results<JsonAnswer<ScheduleResource>, ProblemHttpResult>> GetAsync(
        string name, HttpContext context, ScheduleControl control, ScheduleHistory history, CancellationToken cancellationToken)
    {
        if (SchedulePath.Problem(name) is { } problem)
        {
            return Problems.Invalid("name", problem);
        }

        if (await control.FindAsync(context.Tenant(), name, cancellationToken) is not { } found)
        {
            return SchedulePath.NotFound(name);
        }

        context.Response.Headers.ETag = EntityTags.Of(found.Progress.Revision);
        return new JsonAnswer<ScheduleResource>(
            await history.ShowAsync(found, cancellationToken), ScheduleResourcesJson.Http.ScheduleResource);
    }
}
