using Contracts.Common;
using Contracts.Revenue;
using Producer.Events;

namespace Producer.Revenue;

/// <summary>A valid event on its way.</summary>
internal sealed class AcceptedRevenue(string user, RevenueEvent revenue) : CarriedEvent
{
    public string User => user;

    public RevenueEvent Event => revenue;

    /// <summary>About how many characters its message takes.</summary>
    public int Size => 150 + revenue.EventId.Length + revenue.Name.Length;

    public override string Location => RevenueRoutes.OfEntry(user, revenue.At);

    public override TrackingId TrackingOf(string tenant) =>
        new(tenant, RevenueMessages.Topic, RevenueTracker.KeyOf(user, revenue, Index), Accepted!.Tracking.Position);
}
