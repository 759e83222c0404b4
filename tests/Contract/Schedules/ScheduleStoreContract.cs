using Contracts.Common;
using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract.Schedules;

/// <summary>What every store of schedules promises.</summary>
public abstract class ScheduleStoreContract
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;

    protected IScheduleStore Store { get; set; } = null!;

    /// <summary>The first damage that the store has told of.</summary>
    protected abstract string? Damage { get; }

    protected abstract IScheduleStore CreateStore();

    /// <summary>Overwrites the progress of a schedule.</summary>
    protected abstract Task OverwriteAsync(string name, byte[] progress);

    [SetUp]
    public void Open() => Store = CreateStore();

    [TestCase("{\"state\":")]
    [TestCase("null")]
    [TestCase("\0\0\0\0")]
    public async Task One_that_is_damaged_is_told_and_holds_up_no_other(string progress)
    {
        await Store.WriteAsync(
            [.. new[] { "a", "b", "c" }.Select(name => new ScheduleWrite(null, Schedule(name) with { WakeAt = Noon }))], default);
        await OverwriteAsync("b", System.Text.Encoding.UTF8.GetBytes(progress));

        var due = await Store.FindDueAsync(null, Noon, 9, default);
        Assert.That(due.Select(each => each.Name), Is.EquivalentTo((string[])["a", "c"]));
        var page = await Store.ListAsync(new ScheduleQuery("default", 2), default);
        var rest = await Store.ListAsync(new ScheduleQuery("default", 2, page.Next), default);
        Assert.That(page.Items.Concat(rest.Items).Select(each => each.Name), Is.EqualTo((string[])["a", "c"]));
        Assert.That(
            () => Store.FindAsync("default", "b", default),
            Throws.InstanceOf<StoreUnavailableException>().With.Message.Contains("damaged"));
        Assert.That(Damage, Does.StartWith("The schedule 'b' cannot be read: "));
    }

    [Test]
    public async Task A_schedule_is_found_as_it_was_written()
    {
        var plain = Schedule("a");
        var full = Schedule("b") with
        {
            Tenant = "acme",
            WakeAt = Noon.AddMinutes(5),
            Definition = Definition() with
            {
                When = new ScheduleWhen
                {
                    Rrule = "FREQ=DAILY",
                    Exdates = ["2030-01-01"],
                    Zone = "Europe/Berlin",
                    Fold = FoldRule.Both,
                    Gap = GapRule.Skip,
                    Jitter = TimeSpan.FromSeconds(5),
                    Calendars =
                    [
                        new ScheduleCalendar("c", CalendarDates.Read(["2030-01-02", "2030-01-01", "SAT"]), CalendarDates.None),
                    ],
                },
                Misfire = MisfireRule.All,
                CatchUp = TimeSpan.Zero,
                Webhook = Definition().Webhook with
                {
                    Body = new RawContent("{\"a\":[1.50]}"u8.ToArray(), IsJson: true),
                    Headers = new Dictionary<string, string> { ["x"] = "y" },
                    Retry = RetryPolicy.Default,
                },
            },
            Progress = Progress() with
            {
                State = ScheduleState.Paused,
                PauseReason = "why",
                PausedUntil = Noon.AddDays(1),
                Number = 7,
                Runs = 6,
                Skipped = 5_000_000_000,
                Recent = [new ScheduleOccurrence(7, Noon, Noon.AddSeconds(1), 2, Noon) { IsManual = true, IsStored = true }],
                Missed = [new MissedRuns(Noon, Noon.AddDays(1), 2, MissReason.CatchUp)],
                Withdrawing = [new ScheduleOccurrence(8, Noon.AddDays(2), Noon.AddDays(2), 2, Noon)],
                Skips = [Noon.AddDays(3)],
            },
        };

        Assert.That(await Store.WriteAsync([new(null, plain), new(null, full)], default), Is.EqualTo(new[] { true, true }));

        AssertSame(await Store.FindAsync("default", "a", default), plain);
        AssertSame(await Store.FindAsync("acme", "b", default), full);
        Assert.That(await Store.FindAsync("default", "b", default), Is.Null, "another tenant's");
        Assert.That(await Store.FindAsync("acme", "B", default), Is.Null, "another case is another name");
    }

    [Test]
    public async Task Of_writes_on_one_row_the_first_wins()
    {
        var first = Schedule("a");
        Assert.That(await WriteAsync(null, first), Is.True);
        Assert.That(await WriteAsync(null, Schedule("a")), Is.False, "it is there");

        var (one, other) = (Next(first, runs: 1), Next(first, runs: 2));
        Assert.That(await WriteAsync(first, one), Is.True);
        Assert.That(await WriteAsync(first, other), Is.False, "it is no longer what was read");
        AssertSame(await Store.FindAsync("default", "a", default), one);

        Assert.That(await WriteAsync(first, null), Is.False);
        Assert.That(await WriteAsync(one, null), Is.True);
        Assert.That(await WriteAsync(one, other), Is.False, "it is gone");
        Assert.That(await Store.FindAsync("default", "a", default), Is.Null);
        Assert.That(await WriteAsync(null, other), Is.True, "the name is free");
    }

    [Test]
    public async Task A_batch_tells_of_each_write()
    {
        var there = Enumerable.Range(0, 5).Select(i => Schedule($"s{i}")).ToList();
        await Store.WriteAsync([.. there.Select(each => new ScheduleWrite(null, each))], default);
        var changed = Next(there[1], runs: 9);
        await WriteAsync(there[1], changed);

        var done = await Store.WriteAsync(
            [
                new(there[0], Next(there[0], 1)), new(there[1], Next(there[1], 1)), new(there[2], null),
                new(changed with { Name = "s9" }, null),
                new(null, Schedule("s3")), new(null, Schedule("new")),
            ],
            default);

        // Removing what is not there is no different from having removed it.
        Assert.That(done.Where((_, index) => index != 3), Is.EqualTo(new[] { true, false, true, false, true }));
        Assert.That((await Store.FindAsync("default", "s1", default))!.Progress.Runs, Is.EqualTo(9));
        Assert.That(await Store.FindAsync("default", "s2", default), Is.Null);
    }

    [Test]
    public async Task A_definition_is_written_where_it_is_another_object()
    {
        var first = Schedule("a");
        await WriteAsync(null, first);
        var put = Next(first, 1) with { Definition = Definition() with { Misfire = MisfireRule.Skip } };
        await WriteAsync(first, put);
        Assert.That((await Store.FindAsync("default", "a", default))!.Definition.Misfire, Is.EqualTo(MisfireRule.Skip));

        var read = (await Store.FindAsync("default", "a", default))!;
        await WriteAsync(read, Next(read, 2));
        AssertSame(await Store.FindAsync("default", "a", default), Next(read, 2) with { Stamp = default });
    }

    [Test]
    public async Task What_is_due_is_found_in_its_shard()
    {
        var all = Enumerable.Range(0, 60).Select(i => Schedule($"s{i}") with { WakeAt = Noon.AddSeconds(i) }).ToList();
        all.Add(Schedule("never"));
        await Store.WriteAsync([.. all.Select(each => new ScheduleWrite(null, each))], default);

        var due = await Store.FindDueAsync(null, Noon.AddSeconds(19), 100, default);
        Assert.That(due.Select(each => each.Name), Is.EquivalentTo(Enumerable.Range(0, 20).Select(i => $"s{i}")));
        Assert.That(await Store.FindDueAsync(null, Noon.AddSeconds(19), 7, default), Has.Count.EqualTo(7));

        var asleep = due.Single(each => each.Name == "s0");
        await WriteAsync(asleep, Next(asleep, 1) with { WakeAt = null });
        await WriteAsync(due.Single(each => each.Name == "s1"), null);
        due = await Store.FindDueAsync(Shard.All, Noon.AddSeconds(19), 100, default);
        Assert.That(due.Select(each => each.Name), Is.EquivalentTo(Enumerable.Range(2, 18).Select(i => $"s{i}")));
    }

    [Test]
    public async Task Pages_are_in_the_order_of_names_and_hold_what_is_asked_for()
    {
        string[] names = ["a", "a1", "a2", "b", "b:1", "z", "~"];
        await Store.WriteAsync([.. names.Reverse().Select(name => new ScheduleWrite(null, Schedule(name)))], default);
        await WriteAsync(null, Schedule("a3") with { Progress = Progress() with { State = ScheduleState.Paused } });
        await WriteAsync(null, Schedule("a4") with { Progress = Progress() with { State = ScheduleState.Deleting } });
        await WriteAsync(null, Schedule("a") with { Tenant = "acme" });

        var (found, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await Store.ListAsync(new ScheduleQuery("default", 3, after), default);
            found.AddRange(page.Items.Select(each => each.Name));
            after = page.Next;
        }
        while (after is not null);

        Assert.That(found, Is.EqualTo(new[] { "a", "a1", "a2", "a3", "b", "b:1", "z", "~" }));
        Assert.That(await NamesAsync(new("default", 9, Prefix: "a")), Is.EqualTo(new[] { "a", "a1", "a2", "a3" }));
        Assert.That(await NamesAsync(new("default", 9, After: "a1", Prefix: "a")), Is.EqualTo(new[] { "a2", "a3" }));
        Assert.That(await NamesAsync(new("default", 9, State: ScheduleState.Paused)), Is.EqualTo(new[] { "a3" }));
        Assert.That(await NamesAsync(new("default", 9, State: ScheduleState.Active, Prefix: "b")), Is.EqualTo(new[] { "b", "b:1" }));
        Assert.That(await NamesAsync(new("nobody", 9)), Is.Empty);

        async Task<IEnumerable<string>> NamesAsync(ScheduleQuery query) =>
            (await Store.ListAsync(query, default)).Items.Select(each => each.Name);
    }

    [Test]
    public async Task Those_that_name_a_calendar_are_counted_and_woken()
    {
        var all = new[] { Naming("a", "x"), Naming("b", "x", "y"), Naming("c", "y"), Schedule("d") }
            .Select(each => each with { WakeAt = Noon.AddHours(1) }).ToList();
        await Store.WriteAsync([.. all.Select(each => new ScheduleWrite(null, each))], default);
        await WriteAsync(null, Naming("a", "x") with { Tenant = "acme", WakeAt = Noon.AddHours(1) });
        var deleting = Naming("e", "x") with { Progress = Progress() with { State = ScheduleState.Deleting } };
        await WriteAsync(null, deleting);
        Assert.That(await CountAsync("x", "y", "z"), Is.EqualTo((2, 2, 0)));

        Assert.That(await Store.WakeNamingAsync("default", "x", Noon, default), Is.EqualTo(3), "the one that is deleted, too");
        var due = await Store.FindDueAsync(null, Noon, 9, default);
        Assert.That(due.Select(each => (each.Tenant, each.Name)),
            Is.EquivalentTo(new[] { ("default", "a"), ("default", "b"), ("default", "e") }));
        Assert.That(await WriteAsync(all[0], Next(all[0], 1)), Is.False, "what was read before does not count any more");
        Assert.That(await WriteAsync(all[2], Next(all[2], 1)), Is.True, "of others it does");
        await Store.WakeNamingAsync("default", "x", Noon.AddHours(2), default);
        Assert.That((await Store.FindDueAsync(null, Noon, 9, default)).Count, Is.EqualTo(3), "not later than they had to be looked at");

        // What is named goes with the definition, and with the schedule.
        var (a, b) = (due.Single(each => each.Name == "a"), due.Single(each => each.Name == "b"));
        (a, b) = ((await Store.FindAsync("default", "a", default))!, (await Store.FindAsync("default", "b", default))!);
        await WriteAsync(a, Next(a, 1) with { Definition = Naming("a", "z").Definition });
        await WriteAsync(b, Next(b, 1));
        Assert.That(await CountAsync("x", "y", "z"), Is.EqualTo((1, 2, 1)));
        await WriteAsync(Next(b, 1) with { Stamp = (await Store.FindAsync("default", "b", default))!.Stamp }, null);
        a = (await Store.FindAsync("default", "a", default))!;
        await WriteAsync(a, Next(a, 2) with { Definition = Definition() });
        Assert.That(await CountAsync("x", "y", "z"), Is.EqualTo((0, 1, 0)));
        Assert.That(await Store.CountNamingAsync("acme", "x", default), Is.EqualTo(1));
        Assert.That(await Store.WakeNamingAsync("nobody", "x", Noon, default), Is.Zero);

        async Task<(long, long, long)> CountAsync(string one, string two, string three) => (
            await Store.CountNamingAsync("default", one, default), await Store.CountNamingAsync("default", two, default),
            await Store.CountNamingAsync("default", three, default));
    }

    [Test]
    public async Task Many_that_name_a_calendar_are_woken()
    {
        var all = Enumerable.Range(0, 1_203).Select(i => Naming($"s{i}", "x")).ToList();
        await Store.WriteAsync([.. all.Select(each => new ScheduleWrite(null, each))], default);

        Assert.That(await Store.WakeNamingAsync("default", "x", Noon, default), Is.EqualTo(all.Count));
        Assert.That(await Store.FindDueAsync(null, Noon, 2_000, default), Has.Count.EqualTo(all.Count));
    }

    private static ScheduleRecord Naming(string name, params string[] calendars) => Schedule(name) with
    {
        Definition = Definition() with
        {
            When = Definition().When with
            {
                Calendars = [.. calendars.Select(each => new ScheduleCalendar(each, CalendarDates.None, CalendarDates.None))],
            },
        },
    };

    protected static ScheduleRecord Schedule(string name) =>
        new() { Tenant = "default", Name = name, Definition = Definition(), Progress = Progress() };

    protected static ScheduleRecord Next(ScheduleRecord before, int runs) =>
        before with { Stamp = Guid.NewGuid(), Progress = before.Progress with { Runs = runs } };

    private static ScheduleDefinition Definition() => new()
    {
        When = new ScheduleWhen { Cron = "* * * * *" },
        Webhook = new TimerSpec { Url = new Uri("http://127.0.0.1:2/hook") },
    };

    private static ScheduleProgress Progress() => new()
    {
        Incarnation = Guid.NewGuid(),
        Revision = 1,
        CreatedAt = Noon,
        ChangedAt = Noon,
        AnchoredAt = Noon,
        Cursor = Noon,
    };

    private static void AssertSame(ScheduleRecord? found, ScheduleRecord written)
    {
        Assert.That(found, Is.Not.Null);
        Assert.That((found!.Tenant, found.Name, found.WakeAt), Is.EqualTo((written.Tenant, written.Name, written.WakeAt)));
        Assert.That(written.Stamp == default || found.Stamp == written.Stamp, Is.True);
        Assert.That(ScheduleText.Of(found.Definition), Is.EqualTo(ScheduleText.Of(written.Definition)));
        Assert.That(TextOf(found), Is.EqualTo(TextOf(written)));

        static string TextOf(ScheduleRecord record) =>
            System.Text.Json.JsonSerializer.Serialize(record.Progress, SchedulesJson.Default.ScheduleProgress);
    }

    private async Task<bool> WriteAsync(ScheduleRecord? before, ScheduleRecord? after) =>
        (await Store.WriteAsync([new ScheduleWrite(before, after)], default))[0];
}
