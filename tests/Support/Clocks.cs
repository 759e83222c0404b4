using Microsoft.Extensions.Time.Testing;

namespace Tests.Support;

/// <summary>Clocks that tests advance by hand. A wait ends once its clock is advanced far enough, on the thread that advances it.</summary>
public static class Clocks
{
    public static readonly DateTimeOffset Noon = new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A new clock that shows noon.</summary>
    public static FakeTimeProvider AtNoon() => new(Noon);
}
