using Microsoft.Extensions.Time.Testing;

namespace Tests.Support;

/// <summary>Clocks that tests turn by hand. Waits on one end while it is turned far enough, on the thread that turns it.</summary>
public static class Clocks
{
    public static readonly DateTimeOffset Noon = new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A new one that shows noon.</summary>
    public static FakeTimeProvider AtNoon() => new(Noon);
}
