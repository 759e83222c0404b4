namespace Producer.Events;

/// <summary>Steps of time in a time zone: whole days, weeks, months and years of its calendar, or parts of its days.</summary>
/// <remarks>
/// Parts of a day begin anew at each midnight, so that the last one of a day is shorter where they do not divide it, as on days when
/// clocks are changed. A midnight that clocks leave out is the first instant after it; of one that comes twice it is the first.
/// </remarks>
/// <param name="resolution">The length of each step.</param>
/// <param name="zone">The zone whose days and hours the steps begin with.</param>
internal sealed class ZonedSteps(Resolution resolution, TimeZoneInfo zone)
{
    /// <summary>Whether steps of this length can be laid on a calendar: parts of a day, whole days, or months.</summary>
    public static bool CanUse(Resolution resolution) =>
        resolution.Months > 0 || resolution.Ticks < TimeSpan.TicksPerDay || resolution.Ticks % TimeSpan.TicksPerDay == 0;

    /// <summary>The beginning of a day of the zone.</summary>
    public static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        // Of two offsets the larger one comes first.
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        var ticks = Math.Clamp(local.Ticks - offset.Ticks, DateTimeOffset.MinValue.Ticks, DateTimeOffset.MaxValue.Ticks);
        var midnight = new DateTimeOffset(ticks, TimeSpan.Zero);

        // Where .NET does not know that clocks left it out (as where a zone's own offset changed in the same year), or the whole day.
        while (LocalDay(midnight, zone) < day && midnight.UtcTicks < DateTimeOffset.MaxValue.UtcTicks - TimeSpan.TicksPerMinute)
        {
            midnight = midnight.AddMinutes(1);
        }

        return midnight;
    }

    /// <summary>The boundaries of all steps that overlap a span, the first of them at or before it, the last at or after it.</summary>
    /// <param name="from">The span's beginning.</param>
    /// <param name="to">The first instant after the span.</param>
    /// <param name="max">Maximum number of steps.</param>
    /// <returns>Null if there are more.</returns>
    public List<DateTimeOffset>? Boundaries(DateTimeOffset from, DateTimeOffset to, int max)
    {
        var boundaries = new List<DateTimeOffset> { StartOf(from) };
        while (boundaries[^1] < to)
        {
            if (boundaries.Count > max)
            {
                return null;
            }

            // The calendar's last step ends with it.
            var next = Next(boundaries[^1]);
            boundaries.Add(next > boundaries[^1] ? next : DateTimeOffset.MaxValue);
        }

        return boundaries;
    }

    private DateTimeOffset StartOf(DateTimeOffset at)
    {
        var day = LocalDay(at, zone);
        if (resolution.Months == 0 && resolution.Ticks < TimeSpan.TicksPerDay)
        {
            var midnight = Midnight(day, zone);
            return midnight.AddTicks((at - midnight).Ticks / resolution.Ticks * resolution.Ticks);
        }

        return Midnight(DateOnly.FromDateTime(resolution.StartOf(Utc(day)).UtcDateTime), zone);
    }

    private DateTimeOffset Next(DateTimeOffset start)
    {
        var day = LocalDay(start, zone);
        if (resolution.Months == 0 && resolution.Ticks < TimeSpan.TicksPerDay)
        {
            var next = start.UtcTicks > DateTimeOffset.MaxValue.UtcTicks - resolution.Ticks ? DateTimeOffset.MaxValue
                : start.AddTicks(resolution.Ticks);
            var tomorrow = day == DateOnly.MaxValue ? DateTimeOffset.MaxValue : Midnight(day.AddDays(1), zone);
            return next < tomorrow ? next : tomorrow;
        }

        return Midnight(DateOnly.FromDateTime(resolution.EndOf(Utc(day)).UtcDateTime), zone);
    }

    private static DateOnly LocalDay(DateTimeOffset at, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    private static DateTimeOffset Utc(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
