using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;

namespace Tests.Contracts.Schedules;

/// <summary>What other libraries make of expressions, in local times: asked in UTC, where clocks are never changed.</summary>
internal static class References
{
    public static IEnumerable<DateTime> Cronos(IEnumerable<string> expressions, DateTime from, DateTime to) => expressions
        .SelectMany(text => global::Cronos.CronExpression.Parse(text)
            .GetOccurrences(DateTime.SpecifyKind(from, DateTimeKind.Utc), DateTime.SpecifyKind(to, DateTimeKind.Utc)))
        .Select(at => DateTime.SpecifyKind(at, DateTimeKind.Unspecified)).Distinct().Order();

    public static IEnumerable<DateTime> Quartz(string text, DateTime from, DateTime to)
    {
        var expression = new global::Quartz.CronExpression(text, TimeZoneInfo.Utc);
        for (var at = new DateTimeOffset(from, TimeSpan.Zero).AddSeconds(-1);
            expression.GetNextValidTimeAfter(at) is { } next && next.DateTime < to; at = next)
        {
            yield return next.DateTime;
        }
    }

    public static IEnumerable<DateTime> Ical(string rule, DateTime start, DateTime to)
    {
        using var times = new CalendarEvent { DtStart = new CalDateTime(start), RecurrenceRule = new RecurrenceRule(rule) }
            .GetOccurrences().Select(each => each.Period.StartTime.Value).GetEnumerator();
        while (MoveNext() && times.Current < to)
        {
            yield return times.Current;
        }

        bool MoveNext()
        {
            try
            {
                return times.MoveNext();
            }
            catch (EvaluationOutOfRangeException)
            {
                // It has searched to the end of the calendar.
                return false;
            }
        }
    }
}
