using Contracts.Devices;
using Contracts.Storage;
using Infrastructure.Devices;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>DELETE /devices/{id}: erases a device with all that was ever received of it.</summary>
internal static class EraseDevice
{
    public static void MapEraseDevice(this IEndpointRouteBuilder devices) => devices.MapDelete("/{deviceId}", HandleAsync)
        .WithQuery()
        .WithName("eraseDevice")
        .WithSummary("Erase a device")
        .WithDescription(
            "Its readings, adjustments, totals, settings and dead letters. 204 when that is done, 202 while it is still to be done. "
            + "Readings that were "
            + "accepted before do not come back; later ones begin anew.")
        .Erases();

    private static async Task<IResult> HandleAsync(
        string deviceId, HttpContext context, EventAcceptance<DeviceErased> acceptance, IDeviceStore store, IStoreClock clock,
        IOptions<DeviceOptions> options, CancellationToken cancellationToken)
    {
        if (DeviceRules.PathProblem(context, deviceId) is { } problem)
        {
            return Problems.Invalid("deviceId", problem);
        }

        await Audited.NoteBeforeAsync(
            context,
            async () => await store.FindAsync(context.Tenant(), deviceId, cancellationToken) is { } device
                ? DeviceResource.From(device) : null,
            DeviceResourcesJson.Http.DeviceResource);
        var message = new DeviceErased(deviceId, EventStamps.Of(context, clock, options.Value.Address));
        return await EventErasure.AnswerAsync(
            context, acceptance, message, DeviceTracker.KeyOf, options.Value.Deadline, cancellationToken);
    }
}
