using Producer.Events;
using Producer.Http;
using Producer.Live;

namespace Producer.Devices;

/// <summary>GET /devices/readings/stream: devices as they change, as server-sent events.</summary>
internal static class WatchDevices
{
    public static void MapWatchDevices(this IEndpointRouteBuilder devices) => devices.MapGet("/readings/stream", Handle)
        .WithQuery("device", "tag", LiveStream.LastEventIdQuery)
        .WithName("watchDevices")
        .WithSummary("Watch devices")
        .WithDescription(
            "Server-sent events, of one `device`, of those with a `tag`, or of all: `snapshot` first (in pages; `more` is false in the "
            + "last one), then `change` with a device as it is now each time that readings, adjustments or settings have changed it, and "
            + "`gone` with the `id` of one that was erased or has lost the tag. For one `device`, its last ten readings are included. A "
            + "client that sends `Last-Event-ID` gets what has changed since instead of the snapshot. Every 15 seconds there is a comment. "
            + "A WebSocket (`Upgrade: websocket`) gets the same.")
        .Produces<string>(StatusCodes.Status200OK, EventWriter.MediaType)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status501NotImplemented);

    private static IResult Handle(string? device, string? tag, string? lastEventId, DeviceLive live)
    {
        var errors = new FieldErrors();
        if (device is not null && DeviceRules.IdProblem(device) is { } wrongId)
        {
            errors.Add("device", wrongId);
        }

        if (EventRules.TextProblem(tag, 1, DeviceRules.MaxTagLength) is { } wrongTag)
        {
            errors.Add("tag", wrongTag);
        }
        else if (tag is not null && device is not null)
        {
            errors.Add("tag", "has no meaning with device");
        }

        return errors.Any ? Problems.Invalid(errors) : new LiveStream(live, new LiveFilter(device, tag), lastEventId);
    }
}
