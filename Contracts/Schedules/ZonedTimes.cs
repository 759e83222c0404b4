using NodaTime;
using NodaTime.TimeZones;

namespace Contracts.Schedules;

/// <summary>Local times as instants of a zone, in the order of the instants.</summary>
/// <remarks>
/// It goes along the stretches in which the zone's offset stays the same. Each has the local times that clocks show in it, a repeated hour
/// for the second time, too; and in front of it there may be a gap, whose times fall into its beginning when they are shifted. So the
/// order is right even where a shifted time comes later than one that is named after it.
/// </remarks>
internal sealed class ZonedTimes(ILocalTimes times, DateTimeZone zone, GapRule gap, FoldRule fold)
{
    /// <summary>More than clocks were ever changed by at once.</summary>
    private static readonly Duration Margin = Duration.FromDays(3);

    /// <summary>From an instant on, itself among them.</summary>
    public IEnumerable<ZonedStep> From(Instant from)
    {
        for (var stretch = zone.GetZoneInterval(from); ;)
        {
            var before = stretch.HasStart ? zone.GetZoneInterval(stretch.Start - Duration.Epsilon) : null;
            var next = stretch.HasEnd ? zone.GetZoneInterval(stretch.End) : null;
            var (own, ofGap) = (OfStretch(before, stretch, next, from), OfGap(before, stretch, from));

            // At one instant the time that clocks show goes before the one that is shifted to it, and behind those that are skipped there.
            foreach (var step in gap == GapRule.Skip ? Merge(ofGap, own) : Merge(own, ofGap))
            {
                yield return step;
            }

            if (next is null || FirstAfter(stretch, next) is not { } upcoming)
            {
                yield break;
            }

            // Years without any time are passed at once.
            var jump = upcoming.InUtc().ToInstant() - Margin;
            stretch = jump > next.Start ? zone.GetZoneInterval(jump) : next;
        }
    }

    /// <summary>The first time that the next stretch may show.</summary>
    private LocalDateTime? FirstAfter(ZoneInterval stretch, ZoneInterval next)
    {
        foreach (var time in times.From(LocalDateTime.Min(LocalAt(stretch.End, stretch), LocalAt(next.Start, next))))
        {
            return time;
        }

        return null;
    }

    private IEnumerable<ZonedStep> OfStretch(ZoneInterval? before, ZoneInterval stretch, ZoneInterval? next, Instant from)
    {
        var begin = LocalAt(stretch.HasStart && stretch.Start > from ? stretch.Start : from, stretch);
        foreach (var time in times.From(begin))
        {
            if (stretch.HasEnd && time >= LocalAt(stretch.End, stretch))
            {
                yield break;
            }

            var shift = before is not null && time < LocalAt(before.End, before) ? ClockShift.Second
                : next is not null && time >= LocalAt(next.Start, next) ? ClockShift.First
                : ClockShift.None;
            yield return new ZonedStep(
                At(time, stretch), time, shift, IsSkipped: shift == ClockShift.Second && fold == FoldRule.First);
        }
    }

    private IEnumerable<ZonedStep> OfGap(ZoneInterval? before, ZoneInterval stretch, Instant from)
    {
        if (before is null || LocalAt(stretch.Start, before) >= LocalAt(stretch.Start, stretch)
            || (gap == GapRule.Skip && from > stretch.Start))
        {
            yield break;
        }

        var begin = LocalAt(gap == GapRule.Shift && from > stretch.Start ? from : stretch.Start, before);
        foreach (var time in times.From(begin))
        {
            if (time >= LocalAt(stretch.Start, stretch))
            {
                yield break;
            }

            yield return gap == GapRule.Shift
                ? new ZonedStep(At(time, before), time, ClockShift.Gap, IsSkipped: false)
                : new ZonedStep(stretch.Start, time, ClockShift.Gap, IsSkipped: true);
        }
    }

    /// <summary>Two sequences in one, in the order of the instants; at the same one the first sequence's goes first.</summary>
    public static IEnumerable<ZonedStep> Merge(IEnumerable<ZonedStep> first, IEnumerable<ZonedStep> second)
    {
        using var others = second.GetEnumerator();
        var isOther = others.MoveNext();
        foreach (var step in first)
        {
            for (; isOther && others.Current.At < step.At; isOther = others.MoveNext())
            {
                yield return others.Current;
            }

            yield return step;
        }

        for (; isOther; isOther = others.MoveNext())
        {
            yield return others.Current;
        }
    }

    private static LocalDateTime LocalAt(Instant at, ZoneInterval stretch) => at.WithOffset(stretch.WallOffset).LocalDateTime;

    private static Instant At(LocalDateTime time, ZoneInterval stretch) => time.WithOffset(stretch.WallOffset).ToInstant();
}
