using Contracts.Common;
using Contracts.Devices;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>GET /devices, /devices/{id} and /devices/{id}/readings.</summary>
internal static class ReadDevices
{
    private const int DefaultReadings = 1_000;
    private const int MaxReadings = 10_000;

    /// <summary>Rows of one read while steps are summed.</summary>
    private const int PageSize = 5_000;

    public static void MapReadDevices(this IEndpointRouteBuilder devices)
    {
        devices.MapGet("/", ListAsync)
            .WithQuery("tag", "limit", "cursor")
            .WithName("listDevices")
            .WithSummary("List devices")
            .WithDescription(
                "In the order of their ids, each with its totals and when it was last seen; with `tag` only those that have it. `next` is "
                + "the cursor of the next page.")
            .Produces<DeviceList>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        devices.MapGet("/{deviceId}", GetAsync)
            .WithQuery()
            .WithName("getDevice")
            .WithSummary("Read a device")
            .WithDescription("Its totals take the same time whatever the number of its readings.")
            .Produces<DeviceResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        devices.MapGet("/{deviceId}/readings", ReadingsAsync)
            .WithQuery("from", "to", "limit", "resolution")
            .WithName("listReadings")
            .WithSummary("Read a device's readings")
            .WithDescription(
                "In time order, from `from` to before `to`; `next` is the `from` of the next page. With a `resolution` they are summed in "
                + "steps of that length, those without readings left out.")
            .Produces<ReadingList>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    public static ProblemHttpResult NotFound(string device) =>
        Problems.NotFound("There is no such device.", $"No device has the id '{device}'.");

    private static async Task<Results<JsonAnswer<DeviceList>, ProblemHttpResult>> ListAsync(
        string? tag, string? limit, string? cursor, HttpContext context, IDeviceStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var asked = ListPage.Read(context, limit, cursor, errors);
        if (EventRules.TextProblem(tag, 1, DeviceRules.MaxTagLength) is { } problem)
        {
            errors.Add("tag", problem);
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var page = await store.ListAsync(asked.Tenant, new DeviceQuery(asked.Size, asked.After, tag), cancellationToken);
        return new JsonAnswer<DeviceList>(
            new DeviceList([.. page.Items.Select(DeviceResource.From)], asked.CursorAfter(page.Next)), DeviceResourcesJson.Http.DeviceList);
    }

    private static async Task<Results<JsonAnswer<DeviceResource>, ProblemHttpResult>> GetAsync(
        string deviceId, HttpContext context, DeviceReads reads, CancellationToken cancellationToken) =>
        await reads.FindAsync(context.Tenant(), deviceId, cancellationToken) is { } device
            ? new JsonAnswer<DeviceResource>(DeviceResource.From(device), DeviceResourcesJson.Http.DeviceResource)
            : NotFound(deviceId);

    private static async Task<Results<JsonAnswer<ReadingList>, ProblemHttpResult>> ReadingsAsync(
        string deviceId, string? from, string? to, string? limit, string? resolution, HttpContext context, DeviceReads reads,
        IDeviceStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var (first, end) = QueryFields.Span(from, to, errors);
        var size = QueryFields.Whole(limit, "limit", 1, MaxReadings, errors) ?? DefaultReadings;
        var steps = resolution is null ? null : Resolution.TryRead(resolution);
        if (resolution is not null && steps is null)
        {
            errors.Add("resolution", "must be an ISO 8601 duration such as PT1M, PT1H, P1D, P1W, P1M or P1Y");
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var tenant = context.Tenant();
        if (await reads.FindAsync(tenant, deviceId, cancellationToken) is null)
        {
            return NotFound(deviceId);
        }

        var list = steps is null
            ? await ReadAsync(store, tenant, deviceId, new ReadingRange(first, end, size, WithArrival: true), cancellationToken)
            : await SumAsync(store, tenant, deviceId, new ReadingRange(first, end, size), steps, cancellationToken);
        return new JsonAnswer<ReadingList>(list, DeviceResourcesJson.Http.ReadingList);
    }

    private static async Task<ReadingList> ReadAsync(
        IDeviceStore store, string tenant, string device, ReadingRange range, CancellationToken cancellationToken)
    {
        var page = await store.ReadAsync(tenant, device, range with { Limit = range.Limit + 1 }, cancellationToken);
        return new ReadingList(
            [.. page.Take(range.Limit).Select(ReadingResource.From)],
            page.Count > range.Limit ? ShortInstant.ToString(TickTime.ToInstant(page[^1].At)) : null);
    }

    private static async Task<ReadingList> SumAsync(
        IDeviceStore store, string tenant, string device, ReadingRange range, Resolution resolution, CancellationToken cancellationToken)
    {
        var sums = new List<ReadingResource>();
        var (start, end) = (default(DateTimeOffset), long.MinValue);
        var from = range.From;
        while (true)
        {
            var page = await store.ReadAsync(tenant, device, range with { From = from, Limit = PageSize }, cancellationToken);
            foreach (var reading in page)
            {
                if (sums.Count > 0 && reading.At < end)
                {
                    sums[^1] = Add(sums[^1], reading.Value);
                    continue;
                }

                if (sums.Count == range.Limit)
                {
                    return new ReadingList(sums, ShortInstant.ToString(TickTime.ToInstant(reading.At)));
                }

                start = resolution.StartOf(TickTime.ToInstant(reading.At));
                end = TickTime.Of(resolution.EndOf(start));
                sums.Add(new ReadingResource
                {
                    Timestamp = ShortInstant.ToString(start),
                    Count = reading.Value,
                    Readings = 1,
                    Min = reading.Value,
                    Max = reading.Value,
                });
            }

            if (page.Count < PageSize)
            {
                return new ReadingList(sums, null);
            }

            from = page[^1].At + 1;
        }
    }

    private static ReadingResource Add(ReadingResource sum, Int128 value) => sum with
    {
        Count = sum.Count + value,
        Readings = sum.Readings + 1,
        Min = Int128.Min(sum.Min!.Value, value),
        Max = Int128.Max(sum.Max!.Value, value),
    };
}
