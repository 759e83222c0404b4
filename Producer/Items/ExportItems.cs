using System.Runtime.CompilerServices;
using Contracts.Common;
using Contracts.Items;
using Producer.Events;
using Producer.Http;

namespace Producer.Items;

/// <summary>GET /items/export: all transfers, items, base items or users.</summary>
internal static class ExportItems
{
    private const int PageSize = 2_000;

    private static readonly ExportColumn<ExportedItem>[] Columns =
    [
        new("id", row => row.Id),
        new("timestamp", row => row.Timestamp),
        new("baseItem", row => row.BaseItem),
        new("description", row => row.Description),
        new("to", row => row.To),
        new("eventId", row => row.EventId),
        new("receivedAt", row => row.ReceivedAt),
        new("address", row => row.Address),
    ];

    private static readonly Dictionary<string, string[]> ColumnsOf = new(StringComparer.Ordinal)
    {
        ["transfers"] = ["id", "timestamp", "to", "eventId", "receivedAt", "address"],
        ["items"] = ["id", "timestamp", "baseItem"],
        ["base-items"] = ["id", "timestamp", "description"],
        ["users"] = ["id", "timestamp"],
    };

    public static IEnumerable<string> Kinds => ColumnsOf.Keys;

    public static void MapExportItems(this IEndpointRouteBuilder items) => items.MapGet("/export", Handle)
        .WithQuery("format", "what", "from", "to")
        .WithName("exportItems")
        .WithSummary("Export transfers, items, base items or users")
        .WithDescription(
            "In time order, streamed as JSON lines (`format=ndjson`, the default) or CSV (`format=csv`). The `id` of a transfer is that of "
            + "its item; purged ones (`Items:Retention`) are not there. In CSV, text that a spreadsheet would take for a formula begins "
            + "with an apostrophe.")
        .Produces<ExportedItem>(StatusCodes.Status200OK, BatchBody.Ndjson, EventExport<ExportedItem>.Csv)
        .ProducesProblem(StatusCodes.Status400BadRequest);

    private static IResult Handle(string? format, string? what, string? from, string? to, HttpContext context, IItemStore store)
    {
        var errors = new FieldErrors();
        var (first, end) = QueryFields.Span(from, to, errors);
        var form = EventExport.ReadFormat(format, errors);
        var kind = what ?? "transfers";
        if (!ColumnsOf.TryGetValue(kind, out var names))
        {
            errors.Add("what", $"must be one of {string.Join(", ", Kinds)}");
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var (tenant, range) = (context.Tenant(), new ItemListRange(first, end, PageSize));
        return new EventExport<ExportedItem>(
            stop => kind switch
            {
                "transfers" => ReadAsync(
                    page => store.ListTransfersAsync(tenant, page, stop), each => new ItemPlace(each.At, each.Item, each.EventId),
                    ExportedItem.From, range, stop),
                "items" => ReadAsync(
                    page => store.ListItemsAsync(tenant, page, stop), each => new ItemPlace(each.CreatedAt, each.Id),
                    each => ExportedItem.From(each.Id, each.CreatedAt) with { BaseItem = each.BaseItem.ToString() }, range, stop),
                "base-items" => ReadAsync(
                    page => store.ListBaseItemsAsync(tenant, page, stop), each => new ItemPlace(each.CreatedAt, each.Id),
                    each => ExportedItem.From(each.Id, each.CreatedAt) with { Description = each.Description }, range, stop),
                _ => ReadAsync(
                    page => store.ListUsersAsync(tenant, page, stop), each => new ItemPlace(each.CreatedAt, each.Id),
                    each => ExportedItem.From(each.Id, each.CreatedAt), range, stop),
            },
            [.. Columns.Where(column => names!.Contains(column.Name))],
            form);
    }

    private static async IAsyncEnumerable<IReadOnlyList<ExportedItem>> ReadAsync<T>(
        Func<ItemListRange, Task<IReadOnlyList<T>>> readAsync, Func<T, ItemPlace> placeOf, Func<T, ExportedItem> write,
        ItemListRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ItemPlace? after = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            var page = await readAsync(range with { After = after });
            yield return [.. page.Select(write)];
            if (page.Count < range.Limit)
            {
                yield break;
            }

            after = placeOf(page[^1]);
        }
    }
}

/// <summary>A line of an export.</summary>
internal sealed record ExportedItem
{
    /// <summary>The id of the user, base item or item; of a transfer, its item's.</summary>
    public required string Id { get; init; }

    /// <summary>When it was created, or transferred.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Of an item, the id of its base item.</summary>
    public string? BaseItem { get; init; }

    /// <summary>Of a base item, for people.</summary>
    public string? Description { get; init; }

    /// <summary>Of a transfer, the id of the user who received it; missing if they were erased.</summary>
    public string? To { get; init; }

    /// <summary>Of a transfer, its id.</summary>
    public string? EventId { get; init; }

    /// <summary>Of a transfer, when it was received.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>Of a transfer, the recorded part of the client's address.</summary>
    public string? Address { get; init; }

    public static ExportedItem From(Guid id, long at) => new() { Id = id.ToString(), Timestamp = TickTime.ToInstant(at) };

    public static ExportedItem From(ItemTransfer transfer) => From(transfer.Item, transfer.At) with
    {
        To = transfer.To == Guid.Empty ? null : transfer.To.ToString(),
        EventId = transfer.EventId,
        ReceivedAt = transfer.Stamp.ReceivedAt,
        Address = transfer.Stamp.Address,
    };
}
