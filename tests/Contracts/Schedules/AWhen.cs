using Contracts.Schedules;
using NodaTime;

namespace Tests.Contracts.Schedules;

/// <summary>Reads schedules and writes down when they run.</summary>
internal static class AWhen
{
    public static DateTimeOffset At(string utc) =>
        DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);

    public static ScheduleTimes Times(ScheduleWhen when, string createdAt = "2026-01-01T00:00:00Z")
    {
        var faults = new List<ScheduleFault>();
        var times = ScheduleReader.Read(when, At(createdAt), ScheduleZones.Embedded, faults);
        Assert.That(faults.Select(fault => $"{fault.Field}: {fault.Text}"), Is.Empty);
        return times!;
    }

    public static List<string> Faults(ScheduleWhen when)
    {
        var faults = new List<ScheduleFault>();
        var times = ScheduleReader.Read(when, At("2026-01-01T00:00:00Z"), ScheduleZones.Embedded, faults);
        Assert.That(times is null, Is.EqualTo(faults.Count > 0));
        return [.. faults.Select(fault => $"{fault.Field}: {fault.Text}")];
    }

    /// <summary>The next runs after an instant, in local time with their offset.</summary>
    public static List<string> Runs(ScheduleWhen when, string after, int count) =>
        [.. Times(when, after).Next(At(after), count).Runs.Select(run => Local(run.Step))];

    public static string Local(ScheduleStep step)
    {
        var offset = step.Local - step.At.UtcDateTime;
        return $"{step.Local:yyyy-MM-ddTHH:mm:ss}{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}";
    }

    /// <summary>The local times of a source, as BCL ones.</summary>
    public static IEnumerable<DateTime> From(this ILocalTimes times, DateTime from) =>
        times.From(LocalDateTime.FromDateTime(from)).Select(time => time.ToDateTimeUnspecified());

    public static CronTimes Cron(string text, CronDialect dialect)
    {
        var faults = new List<ScheduleFault>();
        var times = new CronParser(text, dialect, faults).Read();
        Assert.That(faults.Select(fault => fault.Text), Is.Empty, text);
        return times!;
    }

    public static RuleTimes Rule(string text, DateTime start)
    {
        var faults = new List<ScheduleFault>();
        var rule = new RuleParser(text, faults).Read();
        Assert.That(faults.Select(fault => fault.Text), Is.Empty, text);
        return new RuleTimes(rule!, LocalDateTime.FromDateTime(start));
    }
}
