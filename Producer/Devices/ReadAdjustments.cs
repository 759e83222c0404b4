using Contracts.Devices;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>GET /devices/{id}/adjustments: what has corrected a device's readings.</summary>
internal static class ReadAdjustments
{
    public static void MapReadAdjustments(this IEndpointRouteBuilder devices) => devices.MapGet("/{deviceId}/adjustments", ListAsync)
        .WithQuery("from", "to", "limit", "cursor")
        .WithName("listAdjustments")
        .WithSummary("Read a device's adjustments")
        .WithDescription(
            "In the order of their readings' instants, from `from` to before `to`, each with its reason, when it was received and from "
            + "where. `next` is the cursor of the next page.")
        .Produces<AdjustmentList>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<JsonAnswer<AdjustmentList>, ProblemHttpResult>> ListAsync(
        string deviceId, string? from, string? to, string? limit, string? cursor, HttpContext context, DeviceReads reads,
        IDeviceStore store, CancellationToken cancellationToken)
    {
        var (errors, tenant) = (new FieldErrors(), context.Tenant());
        var (first, end) = QueryFields.Span(from, to, errors);
        var size = ListPage.ReadSize(limit, errors);
        var after = EntryCursors.Read(tenant, cursor, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        if (await reads.FindAsync(tenant, deviceId, cancellationToken) is null)
        {
            return ReadDevices.NotFound(deviceId);
        }

        var page = await store.ReadAdjustmentsAsync(tenant, deviceId, new AdjustmentRange(first, end, size + 1, after), cancellationToken);
        var items = page.Take(size).Select(AdjustmentResource.From).ToList();
        var next = page.Count > size ? EntryCursors.Seal(tenant, page[size - 1].At, page[size - 1].EventId) : null;
        return new JsonAnswer<AdjustmentList>(new AdjustmentList(items, next), DeviceResourcesJson.Http.AdjustmentList);
    }
}
