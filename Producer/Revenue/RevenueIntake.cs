using Contracts.Common;
using Contracts.Events;
using Contracts.Revenue;
using Infrastructure.Revenue;
using Microsoft.Extensions.Options;
using Producer.Events;

namespace Producer.Revenue;

/// <summary>Makes events durable, few messages for each user of a request, and tells of each what became of it.</summary>
internal sealed class RevenueIntake(
    EventCarrier<AcceptedRevenue, RevenueReceived> carrier, IRevenueStore store, IOptions<RevenueOptions> options)
{
    /// <summary>In characters, of which JSON may make six bytes each: two megabytes, of the four that the log takes.</summary>
    private static readonly MessageRoom Room = new(RevenueReceived.MaxEvents, MaxSize: 300_000);

    /// <summary>Makes an event of a valid request.</summary>
    public AcceptedRevenue Compose(RevenueEventRequest request, string eventId, EventStamp stamp) => new(
        request.User!,
        new RevenueEvent(
            eventId, request.Name!, request.Type!.Type.Sign, request.Value!.Value, request.Currency ?? options.Value.Currency,
            TickTime.Of(request.Timestamp ?? stamp.ReceivedAt)));

    /// <summary>Completes when all events are durable or, as far as the client waits for it, stored.</summary>
    /// <param name="tenant">The tenant that they belong to.</param>
    /// <param name="events">Valid ones; what became of each is set.</param>
    /// <param name="stamp">When and from where they came.</param>
    /// <param name="wait">How long to wait at most until they are stored; null not to.</param>
    /// <param name="cancellationToken">The client went away.</param>
    public Task AcceptAsync(
        string tenant, IReadOnlyList<AcceptedRevenue> events, EventStamp stamp, TimeSpan? wait, CancellationToken cancellationToken) =>
        carrier.CarryAsync(
            tenant,
            events,
            new CarrySteps<AcceptedRevenue, RevenueReceived>(
                Room,
                each => each.User,
                some => new RevenueReceived(some[0].User, [.. some.Select(each => each.Event)], stamp),
                message => message.User,
                (some, stop) => store.FindSourcesAsync(tenant, [.. some.Select(each => (each.User, each.Event.EventId))], stop))
            {
                SizeOf = each => each.Size,
            },
            wait,
            cancellationToken);
}
