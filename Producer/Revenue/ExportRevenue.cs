using System.Runtime.CompilerServices;
using Contracts.Common;
using Contracts.Revenue;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>GET /revenue/export: the ledger of one user, or of all.</summary>
internal static class ExportRevenue
{
    private const int PageSize = 2_000;
    private const int UsersPerPage = 100;

    private static readonly ExportColumn<ExportedEntry>[] Columns =
    [
        new("user", row => row.User),
        new("timestamp", row => row.Timestamp),
        new("eventId", row => row.EventId),
        new("name", row => row.Name),
        new("amount", row => row.Amount),
        new("currency", row => row.Currency),
        new("original", row => row.Original),
        new("reason", row => row.Reason),
        new("receivedAt", row => row.ReceivedAt),
        new("address", row => row.Address),
    ];

    public static void MapExportRevenue(this IEndpointRouteBuilder revenue) => revenue.MapGet("/export", Handle)
        .WithQuery("format", "user", "from", "to")
        .WithName("exportRevenue")
        .WithSummary("Export the ledger")
        .WithDescription(
            "User by user, in time order, streamed as JSON lines (`format=ndjson`, the default) or CSV (`format=csv`). In CSV, text that a "
            + "spreadsheet would take for a formula begins with an apostrophe; amounts are numbers there, and text in JSON.")
        .Produces<ExportedEntry>(StatusCodes.Status200OK, BatchBody.Ndjson, EventExport<ExportedEntry>.Csv)
        .ProducesProblem(StatusCodes.Status400BadRequest);

    private static IResult Handle(string? format, string? user, string? from, string? to, HttpContext context, IRevenueStore store)
    {
        var errors = new FieldErrors();
        var (first, end) = QueryFields.Span(from, to, errors);
        var form = EventExport.ReadFormat(format, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var (tenant, range) = (context.Tenant(), new RevenueRange(first, end, PageSize));
        return new EventExport<ExportedEntry>(
            stop => EventExport.RowsAsync(
                user,
                async (after, token) =>
                {
                    var page = await store.ListAsync(tenant, after, UsersPerPage, token);
                    return (page.Items.Select(each => each.Id), page.Next);
                },
                (each, token) => ReadAsync(store, tenant, each, range, token),
                stop),
            Columns,
            form);
    }

    private static async IAsyncEnumerable<IReadOnlyList<ExportedEntry>> ReadAsync(
        IRevenueStore store, string tenant, string user, RevenueRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (long, string)? after = null;
        while (true)
        {
            var page = await store.ReadAsync(tenant, user, range with { After = after }, cancellationToken);
            yield return [.. page.Select(each => ExportedEntry.From(user, each))];
            if (page.Count < range.Limit)
            {
                yield break;
            }

            after = (page[^1].At, page[^1].EventId);
        }
    }
}

/// <summary>A line of an export.</summary>
internal sealed record ExportedEntry
{
    /// <summary>The user's id.</summary>
    public required string User { get; init; }

    /// <summary>When it occurred.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Its id.</summary>
    public required string EventId { get; init; }

    /// <summary>The event's name; missing for an adjustment.</summary>
    public string? Name { get; init; }

    /// <summary>What it added to the balance, an exact decimal number.</summary>
    public required Amount Amount { get; init; }

    /// <summary>Its currency.</summary>
    public required string Currency { get; init; }

    /// <summary>The id of the event that it corrects; missing for an event.</summary>
    public string? Original { get; init; }

    /// <summary>Why it was corrected.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was received.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The recorded part of the client's address.</summary>
    public string? Address { get; init; }

    public static ExportedEntry From(string user, LedgerEntry entry) => new()
    {
        User = user,
        Timestamp = TickTime.ToInstant(entry.At),
        EventId = entry.EventId,
        Name = entry.Name,
        Amount = entry.Effect,
        Currency = entry.Currency,
        Original = entry.Original,
        Reason = entry.Reason,
        ReceivedAt = entry.ReceivedAt,
        Address = entry.Address,
    };
}
