using Contracts.Access;
using Contracts.Common;
using Contracts.Devices;
using Producer.Http;

namespace Producer.Devices;

/// <summary>The routes of the first device service ("seed"), with its shapes and errors.</summary>
internal static class SeedDevices
{
    private static readonly ErrorShape Errors = new((_, status, message) => SeedDeviceError.Answer(status, message));

    public static void MapSeedWrites(this IEndpointRouteBuilder app)
    {
        var seed = Group(app, string.Empty);
        seed.MapSeedIngest();
        seed.MapFallback("/ingest", NoRoute).Needs(KeyVerb.Read, isOfAnySlice: true).ExcludeFromDescription();
    }

    public static void MapSeedReads(this IEndpointRouteBuilder app)
    {
        var seed = Group(app, "/devices");
        seed.MapGet("/{deviceId}", ReadAsync)
            .WithName("seedGetDevice")
            .WithSummary("Read a device with all of its readings (compatibility)")
            .WithDescription("Readings in time order, UTC, streamed whatever their number.")
            .Produces<SeedDevice>()
            .Produces<SeedDeviceError>(StatusCodes.Status404NotFound)
            .Produces<SeedDeviceError>(StatusCodes.Status500InternalServerError)
            .Produces<SeedDeviceError>(StatusCodes.Status503ServiceUnavailable);
        seed.MapGet("/{deviceId}/latest_timestamp", LatestAsync)
            .WithName("seedGetLatestTimestamp")
            .WithSummary("Read the latest reading's instant (compatibility)")
            .Produces<SeedLatest>()
            .Produces<SeedDeviceError>(StatusCodes.Status404NotFound)
            .Produces<SeedDeviceError>(StatusCodes.Status500InternalServerError)
            .Produces<SeedDeviceError>(StatusCodes.Status503ServiceUnavailable);
        seed.MapGet("/{deviceId}/cumulative_count", TotalAsync)
            .WithName("seedGetCumulativeCount")
            .WithSummary("Read the sum of all counts (compatibility)")
            .WithDescription("In constant time; it never overflows.")
            .Produces<SeedTotal>()
            .Produces<SeedDeviceError>(StatusCodes.Status404NotFound)
            .Produces<SeedDeviceError>(StatusCodes.Status500InternalServerError)
            .Produces<SeedDeviceError>(StatusCodes.Status503ServiceUnavailable);

        // The seed's answer to what it does not know, with any method.
        seed.MapFallback("/{**rest}", NoRoute).Needs(KeyVerb.Read, isOfAnySlice: true).ExcludeFromDescription();
    }

    /// <remarks>No result to be bound: the code that is generated for a fallback forgets its pattern.</remarks>
    private static Task NoRoute(HttpContext context) =>
        SeedDeviceError.Answer(StatusCodes.Status404NotFound, "Not Found", "RESOURCE_NOT_FOUND").ExecuteAsync(context);

    private static RouteGroupBuilder Group(IEndpointRouteBuilder app, string prefix) =>
        app.MapGroup(prefix).WithTags("Compatibility").WithMetadata(Errors);

    private static async Task<IResult> ReadAsync(
        string deviceId, HttpContext context, DeviceReads reads, CancellationToken cancellationToken) =>
        await reads.FindAsync(context.Tenant(), deviceId, cancellationToken) is { } device
            ? new SeedDeviceStream(context.RequestServices.GetRequiredService<IDeviceStore>(), context.Tenant(), device)
            : NotFound(deviceId);

    private static async Task<IResult> LatestAsync(
        string deviceId, HttpContext context, DeviceReads reads, CancellationToken cancellationToken) =>
        await reads.FindAsync(context.Tenant(), deviceId, cancellationToken) is { } device
            ? new JsonAnswer<SeedLatest>(
                new SeedLatest(device.LatestAt is { } at ? ShortInstant.ToString(TickTime.ToInstant(at)) : null),
                DeviceResourcesJson.Http.SeedLatest)
            : NotFound(deviceId);

    private static async Task<IResult> TotalAsync(
        string deviceId, HttpContext context, DeviceReads reads, CancellationToken cancellationToken) =>
        await reads.FindAsync(context.Tenant(), deviceId, cancellationToken) is { } device
            ? new JsonAnswer<SeedTotal>(new SeedTotal(device.Total), DeviceResourcesJson.Http.SeedTotal)
            : NotFound(deviceId);

    private static IResult NotFound(string device) => SeedDeviceError.Answer(StatusCodes.Status404NotFound, $"Device {device} not found");
}
