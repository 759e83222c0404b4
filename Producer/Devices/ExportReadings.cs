using System.Runtime.CompilerServices;
using Contracts.Common;
using Contracts.Devices;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>GET /devices/export: all readings of one device, or of all.</summary>
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
            + "spreadsheet would take for a formula begins with an apostrophe.")
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
            yield return [.. page.Select(reading => ExportedReading.From(device, reading))];
            if (page.Count < range.Limit)
            {
                yield break;
            }

            from = page[^1].At + 1;
        }
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

    /// <summary>When it was received.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>The recorded part of the client's address.</summary>
    public string? Address { get; init; }

    public static ExportedReading From(string device, StoredReading reading) => new()
    {
        Device = device,
        Timestamp = TickTime.ToInstant(reading.At),
        Count = reading.Count,
        Adjustment = reading.Adjustment == 0 ? null : reading.Adjustment,
        ReceivedAt = reading.ReceivedAt,
        Address = reading.Address,
    };
}
