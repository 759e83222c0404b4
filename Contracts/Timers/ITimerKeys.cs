namespace Contracts.Timers;

/// <summary>Draws keys for timers whose client chose none. A log may want such that messages gather well on it.</summary>
public interface ITimerKeys
{
    /// <summary>A key that was never drawn before: a UUID of version 7 (see <see cref="TimerKey.New"/>).</summary>
    /// <param name="now">The UUID's instant.</param>
    Guid Draw(DateTimeOffset now);
}
