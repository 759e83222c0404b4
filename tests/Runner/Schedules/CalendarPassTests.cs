using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Runner.Schedules;

/// <summary>Calendars that change under a schedule, on real stores: what is cut off anywhere loses no run and makes none twice.</summary>
public sealed class CalendarPassTests
{
    private const string Name = "holidays";
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private static readonly ScheduleWhen EverySevenSeconds = new()
    {
        Every = "PT7S",
        Anchor = "2030-06-01T12:00:00Z",
        Calendars = [new ScheduleCalendar(Name, CalendarDates.None, CalendarDates.None)],
    };

    private ScheduleBench bench = null!;

    [SetUp]
    public void Open() => bench = new ScheduleBench();

    [TearDown]
    public void Close() => bench.Dispose();

    [Test]
    public async Task A_change_moves_the_runs_of_the_schedules_that_name_it()
    {
        await PutCalendarAsync(isOpen: true);
        await bench.PutAsync(EverySevenSeconds);
        await bench.Pass.RunOnceAsync(default);
        Assert.That(await OpenTimersAsync(), Has.Count.EqualTo(8));

        bench.Time.Advance(TimeSpan.FromSeconds(10));
        await PutCalendarAsync(isOpen: false);
        await RunAsync();

        Assert.That((await OpenTimersAsync()).Select(row => row.DueAt), Is.EqualTo(new[] { Noon.AddSeconds(7) }), "it was due");
        var moved = (await bench.FoundAsync())!;
        Assert.That((moved.Progress.Next, moved.WakeAt), Is.EqualTo((Noon.AddHours(12), Noon.AddHours(12).AddSeconds(-30)))
            .Or.EqualTo((Noon.AddHours(12).AddSeconds(4), Noon.AddHours(12).AddSeconds(-26))));
        Assert.That((await bench.Calendars.FindAsync("default", Name, default))!.WakeAt, Is.Null, "it is told");

        bench.Time.Advance(TimeSpan.FromSeconds(10));
        await PutCalendarAsync(isOpen: true);
        await RunAsync();
        Assert.That((await OpenTimersAsync()).Select(row => row.DueAt),
            Is.EqualTo(new[] { 7, 21, 28, 35, 42, 49, 56, 63, 70, 77 }.Select(second => Noon.AddSeconds(second))));
    }

    [Test]
    public async Task Whatever_is_cut_off_loses_no_run_and_makes_none_twice()
    {
        for (var seed = 1; seed <= 25; seed++)
        {
            Close();
            Open();
            var random = new Random(seed);
            await PutCalendarAsync(isOpen: true);
            await bench.PutAsync(EverySevenSeconds);
            var changes = new List<(DateTimeOffset At, bool IsOpen)> { (Noon.AddDays(-1), true) };
            var end = Noon.AddMinutes(15);
            while (bench.Time.GetUtcNow() < end)
            {
                bench.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 60)));
                if (random.Next(6) == 0)
                {
                    await PutCalendarAsync(!changes[^1].IsOpen);
                    changes.Add((bench.Time.GetUtcNow(), !changes[^1].IsOpen));
                }

                (bench.Cut.After, bench.Cut.IsBefore) = (random.Next(8), random.Next(2) == 0);
                foreach (var pass in new[] { bench.CalendarPass.RunOnceAsync, bench.Pass.RunOnceAsync }.OrderBy(_ => random.Next()))
                {
                    try
                    {
                        await pass(default);
                    }
                    catch (StoreUnavailableException)
                    {
                        // As by a kill: before a call, or behind one whose effect stays.
                    }
                }

                bench.Cut.After = null;
            }

            await RunAsync();
            await RunAsync();
            var rows = (await OpenTimersAsync()).Where(row => row.DueAt <= end).ToList();
            Assert.That(rows.Select(row => row.DueAt), Is.Unique, $"seed {seed}");
            var made = rows.Select(row => row.DueAt).ToHashSet();
            for (var at = Noon.AddSeconds(7); at <= end; at = at.AddSeconds(7))
            {
                var (changed, isOpen) = changes.Last(each => each.At < at);
                if (isOpen)
                {
                    Assert.That(made, Does.Contain(at), $"seed {seed}");
                }
                else if (made.Contains(at))
                {
                    // It had been made when the date was excluded, and so had all between the change and it.
                    Assert.That(made.Contains(at.AddSeconds(-7)) || at.AddSeconds(-7) <= changed, Is.True, $"seed {seed}: {at:O}");
                }
            }
        }
    }

    [Test]
    public async Task A_calendar_that_is_deleted_while_a_schedule_that_names_it_is_put_is_restored()
    {
        await PutCalendarAsync(isOpen: true);
        var calendar = (await bench.Calendars.FindAsync("default", Name, default))!;
        await bench.PutAsync(EverySevenSeconds);
        await bench.Calendars.WriteAsync(calendar, CalendarPlanner.Delete(calendar, Noon), default);
        await bench.Pass.RunOnceAsync(default);
        Assert.That(await OpenTimersAsync(), Has.Count.EqualTo(8), "it is still there for the schedule");

        await bench.CalendarPass.RunOnceAsync(default);
        Assert.That((await bench.Calendars.FindAsync("default", Name, default))!.IsDeleted, Is.True, "not yet");
        bench.Time.Advance(CalendarPlanner.DeletedFor);
        await bench.CalendarPass.RunOnceAsync(default);
        Assert.That((await bench.Calendars.FindAsync("default", Name, default))!.IsDeleted, Is.False);

        // Without the schedule it goes.
        var schedule = (await bench.FoundAsync())!;
        await bench.Schedules.WriteAsync([new ScheduleWrite(schedule, null)], default);
        calendar = (await bench.Calendars.FindAsync("default", Name, default))!;
        await bench.Calendars.WriteAsync(calendar, CalendarPlanner.Delete(calendar, bench.Time.GetUtcNow()), default);
        bench.Time.Advance(CalendarPlanner.DeletedFor);
        await bench.CalendarPass.RunOnceAsync(default);
        Assert.That(await bench.Calendars.FindAsync("default", Name, default), Is.Null);
    }

    [Test]
    public async Task A_schedule_that_was_put_with_the_calendar_as_it_was_before_is_derived_anew()
    {
        await PutCalendarAsync(isOpen: false);
        var before = await bench.Calendars.FindAsync("default", [Name], default);
        var record = bench.Planner.Create("default", "s", ScheduleBench.Definition(EverySevenSeconds, 0), Noon, out _, before);

        // The calendar changes and its schedules are told, before this one is stored.
        await PutCalendarAsync(isOpen: true);
        await bench.CalendarPass.RunOnceAsync(default);
        await bench.Schedules.WriteAsync([new ScheduleWrite(null, record)], default);
        await bench.Pass.RunOnceAsync(default);

        Assert.That(await OpenTimersAsync(), Has.Count.EqualTo(8));
    }

    private async Task PutCalendarAsync(bool isOpen)
    {
        var before = await bench.Calendars.FindAsync("default", Name, default);
        var after = CalendarPlanner.Put(
            before, "default", Name, CalendarDates.Read([isOpen ? "12-25" : "2030-06-01"]), CalendarDates.None, bench.Time.GetUtcNow());
        await bench.Calendars.WriteAsync(before, after, default);
    }

    /// <summary>Until nothing is left to be done now.</summary>
    private async Task RunAsync()
    {
        for (var i = 0; i < 4; i++)
        {
            await bench.CalendarPass.RunOnceAsync(default);
            await bench.Pass.RunOnceAsync(default);
        }
    }

    private async Task<List<TimerRecord>> OpenTimersAsync() =>
        [.. (await bench.TimersAsync()).Where(row => row.State != TimerState.Cancelled)];
}
