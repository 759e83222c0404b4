namespace Contracts.Timers;

/// <summary>Draws ids for timers whose client chose none. A log may want such that messages coalesce well on it.</summary>
public interface ITimerKeys
{
    /// <summary>An id that was never drawn before: a UUID of version 7 (see <see cref="TimerKey.New"/>), and its key.</summary>
    /// <param name="tenant">Whose timer it is for.</param>
    /// <param name="now">The UUID's instant.</param>
    DrawnKey Draw(string tenant, DateTimeOffset now);
}
