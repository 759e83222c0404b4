using System.Runtime.CompilerServices;
using System.Text.Json;
using Contracts.Common;
using Contracts.Devices;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>GET /devices/export: all readings of one device, or of all, each with its adjustments.</summary>
internal static class ExportReadings
{
    private const int PageSize = 2_000;
    private const int DevicesPerPage = 100;

    private static readonly ExportColumn<ExportedReading>[] Columns =
    [
        new("device", row => row.Device),
        new("timestamp", row => row.Timestamp),
        new("count", row => row.Count),
        new("adjustment", row => row.Adjustment),
        new("adjustments", row => row.Adjustments),
        new("receivedAt", row => row.ReceivedAt),
        new("address", row => row.Address),
    ];

    public static void MapExportReadings(this IEndpointRouteBuilder devices) => devices.MapGet("/export", Handle)
        .WithQuery("format", "device", "from", "to")
        .WithName("exportReadings")
        .WithSummary("Export readings")
        .WithDescription(
            "Device by device, in time order, streamed as JSON lines (`format=ndjson`, the default) or CSV (`format=csv`). In "
            + "CSV, text that a "
            + "spreadsheet would take for a formula begins with an apostrophe. `adjustments` are JSON as text.")
        .Produces<ExportedReading>(StatusCodes.Status200OK, BatchBody.Ndjson, EventExport<ExportedReading>.Csv)
        .ProducesProblem(StatusCodes.Status400BadRequest);

    private static IResult Handle(string? format, string? device, string? from, string? to, HttpContext context, IDeviceStore store)
    {
        var errors = new FieldErrors();
        var (first, end) = QueryFields.Span(from, to, errors);
        var form = EventExport.ReadFormat(format, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var (tenant, range) = (context.Tenant(), new ReadingRange(first, end, PageSize, WithArrival: true));
        return new EventExport<ExportedReading>(
            stop => EventExport.RowsAsync(
                device,
                async (after, token) =>
                {
                    var page = await store.ListAsync(tenant, new DeviceQuery(DevicesPerPage, after), token);
                    return (page.Items.Select(each => each.Id), page.Next);
                },
                (each, token) => ReadAsync(store, tenant, each, range, token),
                stop),
            Columns,
            form);
    }

    private static async IAsyncEnumerable<IReadOnlyList<ExportedReading>> ReadAsync(
        IDeviceStore store, string tenant, string device, ReadingRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = range.From;
        while (true)
        {
            var page = await store.ReadAsync(tenant, device, range with { From = from }, cancellationToken);
            if (page.Count == 0)
            {
                // At least one page, so that the answer begins.
                yield return [];
                yield break;
            }

            var adjustments = await ReadAdjustmentsAsync(
                store, tenant, device, new AdjustmentRange(page[0].At, page[^1].At + 1, PageSize), cancellationToken);
            yield return [.. page.Select(reading => ExportedReading.From(device, reading, adjustments[reading.At]))];
            if (page.Count < range.Limit)
            {
                yield break;
            }

            from = page[^1].At + 1;
        }
    }

    /// <summary>The adjustments of a page's readings, by their instant.</summary>
    private static async Task<ILookup<long, StoredAdjustment>> ReadAdjustmentsAsync(
        IDeviceStore store, string tenant, string device, AdjustmentRange range, CancellationToken cancellationToken)
    {
        var all = new List<StoredAdjustment>();
        IReadOnlyList<StoredAdjustment> page;
        do
        {
            page = await store.ReadAdjustmentsAsync(
                tenant, device, range with { After = all.Count == 0 ? null : (all[^1].At, all[^1].EventId) }, cancellationToken);
            all.AddRange(page);
        }
        while (page.Count == range.Limit);

        return all.ToLookup(each => each.At);
    }
}

/// <summary>A line of an export.</summary>
internal sealed record ExportedReading
{
    /// <summary>The device's id.</summary>
    public required string Device { get; init; }

    /// <summary>The reading's instant.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>What the device counted.</summary>
    public required long Count { get; init; }

    /// <summary>The sum of its adjustments; missing without any.</summary>
    public Int128? Adjustment { get; init; }

    /// <summary>
    /// The adjustments that the sum is made of, a JSON array as text, of objects as the route for adjustments answers them; missing without
    /// any.
    /// </summary>
    public string? Adjustments { get; init; }

    /// <summary>When it was received.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>The recorded part of the client's address.</summary>
    public string? Address { get; init; }

    public static ExportedReading From(string device, StoredReading reading, IEnumerable<StoredAdjustment> adjustments) => new()
    {
        Device = device,
        Timestamp = TickTime.ToInstant(reading.At),
        Count = reading.Count,
        Adjustment = reading.Adjustment == 0 ? null : reading.Adjustment,
        Adjustments = TextOf([.. adjustments.Select(AdjustmentResource.From)]),
        ReceivedAt = reading.ReceivedAt,
        Address = reading.Address,
    };

    private static string? TextOf(IReadOnlyList<AdjustmentResource> adjustments) => adjustments.Count == 0 ? null
        : JsonSerializer.Serialize(adjustments, DeviceResourcesJson.Http.IReadOnlyListAdjustmentResource);
}
