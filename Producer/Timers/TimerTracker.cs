using System.Globalization;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>What became of accepted creates. The instant of acceptance distinguishes creates of the same id.</summary>
internal sealed class TimerTracker(ITimerStore store) : IEventTracker
{
    public string Topic => TimerMessages.Topic;

    /// <summary>The tracking id of a create.</summary>
    public static TrackingId IdOf(TimerScheduled created, string tenant, LogPosition position) => new(
        tenant,
        TimerMessages.Topic,
        string.Create(CultureInfo.InvariantCulture, $"{created.TimerId:N}@{created.CreatedAt.UtcTicks:x}"),
        position);

    public async Task<TrackedEvent?> FindAsync(TrackingId id, CancellationToken cancellationToken)
    {
        var parts = id.Key.Split('@');
        if (!Guid.TryParseExact(parts[0], "N", out var key) || await store.FindAsync(id.Tenant, [key], cancellationToken) is not [var row])
        {
            return null;
        }

        // An id in the first release's form does not contain the instant.
        var isMine = parts.Length == 1
            || (long.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var created)
            && row.CreatedAt.UtcTicks == created);
        return new TrackedEvent(isMine ? TrackedState.Applied : TrackedState.Duplicate, TimerRoutes.Of(row.Id));
    }

    public string? LogKeyOf(TrackingId id) => Guid.TryParseExact(id.Key.Split('@')[0], "N", out var key) ? TimerMessages.KeyOf(key) : null;

    public TrackingId? IdOf(DeadLetter letter) => IdOf(TimerMessages.Scheduled.Read(letter.Content.Span), letter.Tenant, LogPosition.None);

    /// <summary>A timer's id, which the compatibility route returns as the tracking id.</summary>
    public TrackingId? Recognize(string tenant, string text) => TimerRules.IdProblem(text) is null
        ? new TrackingId(tenant, Topic, TimerKey.FromId(tenant, text).ToString("N"), LogPosition.None)
        : null;
}
