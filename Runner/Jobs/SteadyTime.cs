namespace Runner.Jobs;

/// <summary>A clock that cannot be set: the wall clock's instant at the start, and monotonic time from there.</summary>
/// <remarks>
/// For Quartz, which keeps the instant of each next run: if the wall clock were set back by an hour, every job would stop for that hour,
/// including claiming.
/// </remarks>
internal sealed class SteadyTime(TimeProvider time) : TimeProvider
{
    private readonly DateTimeOffset start = time.GetUtcNow();
    private readonly long started = time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => start + time.GetElapsedTime(started);

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
