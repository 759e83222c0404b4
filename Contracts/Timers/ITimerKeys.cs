namespace Contracts.Timers;

/// <summary>Generates ids for timers whose client chose none. A log may prefer ids whose messages coalesce well.</summary>
public interface ITimerKeys
{
    /// <summary>An id that was never drawn before: a UUID of version 7 (see <see cref="TimerKey.New"/>), and its key.</summary>
    /// <param name="tenant">The tenant that the timer belongs to.</param>
    /// <param name="now">The UUID's instant.</param>
    DrawnKey Draw(string tenant, DateTimeOffset now);
}
