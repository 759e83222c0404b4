using Contracts.Revenue;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>GET /revenue/users, /revenue/users/{id} and /revenue/users/{id}/events.</summary>
internal static class ReadRevenue
{
    public static void MapReadRevenue(this IEndpointRouteBuilder revenue)
    {
        revenue.MapGet("/users", ListAsync)
            .WithQuery("limit", "cursor")
            .WithName("listRevenueUsers")
            .WithSummary("List users with their balances")
            .WithDescription("In the order of their ids. `next` is the cursor of the next page.")
            .Produces<RevenueUserList>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        revenue.MapGet("/users/{userId}", GetAsync)
            .WithQuery()
            .WithName("getRevenueUser")
            .WithSummary("Read a user's balances")
            .WithDescription("They take the same time whatever the number of the user's entries.")
            .Produces<RevenueUserResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        revenue.MapGet("/users/{userId}/events", HistoryAsync)
            .WithQuery("from", "to", "order", "limit", "cursor")
            .WithName("listRevenueEntries")
            .WithSummary("Read a user's ledger")
            .WithDescription(
                "Events and adjustments from `from` to before `to`, in time order or, with `order=desc`, the latest first. `next` is the "
                + "cursor of the next page.")
            .Produces<LedgerEntryList>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    public static ProblemHttpResult NotFound(string user) =>
        Problems.NotFound("There is no such user.", $"Nothing is known of the user '{user}'.");

    private static async Task<Results<JsonAnswer<RevenueUserList>, ProblemHttpResult>> ListAsync(
        string? limit, string? cursor, HttpContext context, IRevenueStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var asked = ListPage.Read(context, limit, cursor, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var page = await store.ListAsync(asked.Tenant, asked.After, asked.Size, cancellationToken);
        return new JsonAnswer<RevenueUserList>(
            new RevenueUserList([.. page.Items.Select(RevenueUserResource.From)], asked.CursorAfter(page.Next)),
            RevenueResourcesJson.Http.RevenueUserList);
    }

    private static async Task<Results<JsonAnswer<RevenueUserResource>, ProblemHttpResult>> GetAsync(
        string userId, HttpContext context, RevenueReads reads, CancellationToken cancellationToken)
    {
        var id = PathText.Unescape(userId);
        return await reads.FindAsync(context.Tenant(), id, cancellationToken) is { } user
            ? new JsonAnswer<RevenueUserResource>(RevenueUserResource.From(user), RevenueResourcesJson.Http.RevenueUserResource)
            : NotFound(id);
    }

    private static async Task<Results<JsonAnswer<LedgerEntryList>, ProblemHttpResult>> HistoryAsync(
        string userId, string? from, string? to, string? order, string? limit, string? cursor, HttpContext context, RevenueReads reads,
        IRevenueStore store, CancellationToken cancellationToken)
    {
        var (errors, tenant, user) = (new FieldErrors(), context.Tenant(), PathText.Unescape(userId));
        var (first, end) = QueryFields.Span(from, to, errors);
        var size = ListPage.ReadSize(limit, errors);
        var after = EntryCursors.Read(tenant, cursor, errors);
        if (order is not (null or "asc" or "desc"))
        {
            errors.Add("order", "must be asc or desc");
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        if (await reads.FindAsync(tenant, user, cancellationToken) is null)
        {
            return NotFound(user);
        }

        var page = await store.ReadAsync(tenant, user, new RevenueRange(first, end, size + 1, after, order == "desc"), cancellationToken);
        var next = page.Count > size ? EntryCursors.Seal(tenant, page[size - 1].At, page[size - 1].EventId) : null;
        return new JsonAnswer<LedgerEntryList>(
            new LedgerEntryList([.. page.Take(size).Select(LedgerEntryResource.From)], next),
            RevenueResourcesJson.Http.LedgerEntryList);
    }
}
