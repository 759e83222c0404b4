using Contracts.Schedules;
using Contracts.Timers;
using Infrastructure.Schedules.Sqlite;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Client;

/// <summary><c>timers check</c> of schedules.db: rows without an owner or a definition, and what cannot be read.</summary>
public sealed class ScheduleCheckTests
{
    [TestCase("UPDATE schedules SET tenant = 5", "The tenant of the schedule 'a' is unknown.")]
    [TestCase("UPDATE schedules SET state = 2", "The schedule 'a' is listed under another state than its own.")]
    [TestCase("UPDATE schedules SET progress = '{'", "The schedule 'a' cannot be read")]
    [TestCase("UPDATE definitions SET body = '{}'", "The schedule 'a' cannot be read")]
    [TestCase("DELETE FROM definitions", "The schedule 'a' has no definition.")]
    [TestCase("DELETE FROM schedules", "1 definitions belong to no schedule that is there.")]
    [TestCase("UPDATE calendars SET tenant = 5", "The tenant of the calendar 'c' is unknown.")]
    [TestCase("UPDATE calendars SET content = '{'", "The calendar 'c' cannot be read")]
    [TestCase("UPDATE calendars SET content = replace(CAST(content AS TEXT), 'SAT', 'SAY')", "The calendar 'c' cannot be read")]
    [TestCase("DELETE FROM calendars", "The schedule 'a' names the calendar 'c', and one of them is not there.")]
    public async Task What_does_not_fit_is_told(string damage, string told)
    {
        using var folder = new TemporaryFolder();
        using (var file = new SqliteFile(folder.File("schedules.db"), ScheduleSchema.Apply))
        {
            var calendar = CalendarPlanner.Put(null, "default", "c", CalendarDates.Read(["SAT"]), CalendarDates.None, Clocks.Noon);
            await new SqliteCalendarStore(file).WriteAsync(null, calendar, default);
            var record = new SchedulePlanner(ScheduleZones.Embedded, TimeSpan.FromMinutes(1)).Create(
                "default", "a",
                new ScheduleDefinition
                {
                    When = new ScheduleWhen
                    {
                        Every = "PT1H",
                        Calendars = [new ScheduleCalendar("c", CalendarDates.None, CalendarDates.None)],
                    },
                    Webhook = new TimerSpec { Url = new Uri("http://127.0.0.1:2/") },
                },
                Clocks.Noon, out _, [calendar]);
            await new SqliteScheduleStore(file).WriteAsync([new ScheduleWrite(null, record)], default);
        }

        Assert.That(Faults(), Is.Empty);
        using (var connection = new SqliteConnection(folder.File("schedules.db"), readOnly: false))
        {
            connection.Execute(damage);
        }

        Assert.That(Faults(), Has.Some.Contains(told));

        List<string> Faults() => [.. FolderCheck.Run(folder.Path, [ScheduleCheck.Instance]).SelectMany(each => each.Faults)];
    }
}
