using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Producer.Live;

internal static class LiveClock
{
    /// <summary>Turns the clock, second by second, until a stream has something to tell.</summary>
    public static Task AdvanceUntilAsync(this FakeTimeProvider clock, ServerEvents events) => Eventually.That(
        () =>
        {
            clock.Advance(TimeSpan.FromSeconds(events.IsAnyWaiting ? 0 : 1));
            return events.IsAnyWaiting;
        },
        TimeSpan.FromSeconds(20),
        "something is told");
}
