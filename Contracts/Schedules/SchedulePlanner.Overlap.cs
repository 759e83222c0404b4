namespace Contracts.Schedules;

/// <content>Where runs may not overlap.</content>
/// <remarks>
/// Whether earlier runs have finished is certain at the next one's instant only. The first look is in the middle between two runs, others
/// halfway again and again. If all have finished, the next one is made ahead, as punctual as any; else it is decided at its instant.
/// </remarks>
public sealed partial class SchedulePlanner
{
    /// <summary>Less than the pause between two polls: the next one looks.</summary>
    private static readonly TimeSpan MinBufferPoll = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan MaxBufferPoll = TimeSpan.FromSeconds(10);

    private static bool IsOpen(ScheduleProgress progress) => progress.Recent.Any(each => !each.IsFinished);

    private DateTimeOffset? OverlapWake(ScheduleProgress progress, DateTimeOffset now)
    {
        // What waits comes late by a tenth of its wait, and a receiver that is down for hours costs no look each second.
        DateTimeOffset? poll = progress.Buffered is [var first, ..] ? now + Clamp((now - first) / 10, MinBufferPoll, MaxBufferPoll) : null;
        return NextWake(progress, now) is { } next && !(poll < next) ? next : poll;
    }

    private DateTimeOffset? NextWake(ScheduleProgress progress, DateTimeOffset now)
    {
        if (progress.Next is not { } next)
        {
            return null;
        }

        var open = progress.Recent.Where(each => !each.IsFinished).Select(each => (DateTimeOffset?)each.DueAt).Max();
        var lead = open is { } last ? Clamp((next - last) / 2, TimeSpan.Zero, ahead / 2) : ahead / 2;
        if (progress.Buffered.Count > 0 || open is null || next - lead > now)
        {
            return progress.Buffered.Count > 0 ? next : next - lead;
        }

        // A run that is still open: halfway again, until no poll comes in between.
        var half = (next - now) / 2;
        return half < MinBufferPoll ? next : now + half;
    }

    private static TimeSpan Clamp(TimeSpan value, TimeSpan min, TimeSpan max) => value < min ? min : value > max ? max : value;
}
