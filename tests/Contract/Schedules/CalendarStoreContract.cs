using Contracts.Schedules;
using Contracts.Storage;
using Tests.Support;

namespace Tests.Contract.Schedules;

/// <summary>What every store of calendars promises.</summary>
public abstract class CalendarStoreContract
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;

    protected ICalendarStore Store { get; set; } = null!;

    /// <summary>The first damage that the store has told of.</summary>
    protected abstract string? Damage { get; }

    protected abstract ICalendarStore CreateStore();

    /// <summary>Overwrites what a calendar says.</summary>
    protected abstract Task OverwriteAsync(string name, byte[] content);

    [SetUp]
    public void Open() => Store = CreateStore();

    [Test]
    public async Task A_calendar_is_found_as_it_was_written()
    {
        var first = Calendar("a", "2030-12-25", "SAT");
        var full = CalendarPlanner.Put(
            first, "default", "a", CalendarDates.Read(["12-25"]), CalendarDates.Read(["2030-01-01/2030-12-31"]), Noon.AddHours(1));
        var acme = Calendar("b", "SUN") with { Tenant = "acme", WakeAt = Noon.AddMinutes(1) };
        await Store.WriteAsync(null, full, default);
        await Store.WriteAsync(null, acme, default);

        AssertSame(await Store.FindAsync("default", "a", default), full);
        AssertSame(await Store.FindAsync("acme", "b", default), acme);
        Assert.That(await Store.FindAsync("default", "b", default), Is.Null, "another tenant's");
        Assert.That(await Store.FindAsync("default", "A", default), Is.Null, "another case is another name");
        Assert.That((await Store.FindAsync("default", ["a", "b", "c"], default)).Select(each => each.Name), Is.EqualTo(new[] { "a" }));
        Assert.That(await Store.FindAsync("nobody", ["a"], default), Is.Empty);
    }

    [Test]
    public async Task Of_writes_on_one_calendar_the_first_wins()
    {
        var first = Calendar("a", "SAT");
        Assert.That(await Store.WriteAsync(null, first, default), Is.True);
        Assert.That(await Store.WriteAsync(null, Calendar("a", "SUN"), default), Is.False, "it is there");

        var (one, other) = (Change(first, "MON"), Change(first, "TUE"));
        Assert.That(await Store.WriteAsync(first, one, default), Is.True);
        Assert.That(await Store.WriteAsync(first, other, default), Is.False, "it is no longer what was read");
        AssertSame(await Store.FindAsync("default", "a", default), one);
        var told = CalendarPlanner.Told(one);
        Assert.That(await Store.WriteAsync(one, told, default), Is.True);
        AssertSame(await Store.FindAsync("default", "a", default), told);

        Assert.That(await Store.WriteAsync(one, null, default), Is.False);
        Assert.That(await Store.WriteAsync(told, null, default), Is.True);
        Assert.That(await Store.WriteAsync(told, other, default), Is.False, "it is gone");
        Assert.That(await Store.FindAsync("default", "a", default), Is.Null);
        Assert.That(await Store.WriteAsync(null, other, default), Is.True, "the name is free");
    }

    [Test]
    public async Task What_the_Runner_has_to_act_on_is_found_until_it_has()
    {
        foreach (var (name, second) in new[] { ("a", 3), ("b", 1), ("c", 2) })
        {
            await Store.WriteAsync(null, Calendar(name, "SAT") with { Tenant = $"t-{name}", WakeAt = Noon.AddSeconds(second) }, default);
        }

        await Store.WriteAsync(null, Calendar("never", "SAT"), default);
        var due = await Store.FindDueAsync(Noon.AddSeconds(2), 9, default);
        Assert.That(due.Select(each => (each.Tenant, each.Name)), Is.EqualTo(new[] { ("t-b", "b"), ("t-c", "c") }));
        Assert.That(await Store.FindDueAsync(Noon.AddSeconds(3), 1, default), Has.Count.EqualTo(1));
        await Store.WriteAsync(due[0], CalendarPlanner.Told(due[0]), default);
        Assert.That((await Store.FindDueAsync(Noon.AddSeconds(2), 9, default)).Select(each => each.Name), Is.EqualTo(new[] { "c" }));
    }

    [Test]
    public async Task Pages_are_in_the_order_of_names_and_without_deleted_ones()
    {
        foreach (var name in new[] { "b", "a", "~", "a1" })
        {
            await Store.WriteAsync(null, Calendar(name, "SAT", "SUN"), default);
        }

        await Store.WriteAsync(null, CalendarPlanner.Delete(Calendar("a2", "SAT"), Noon), default);
        await Store.WriteAsync(null, Calendar("a3", "SAT") with { Tenant = "acme" }, default);

        var first = await Store.ListAsync(new CalendarQuery("default", 3), default);
        var rest = await Store.ListAsync(new CalendarQuery("default", 3, first.Next), default);
        Assert.That(first.Items.Select(each => each.Name), Is.EqualTo(new[] { "a", "a1", "b" }));
        Assert.That((rest.Items.Single(), rest.Next), Is.EqualTo((new CalendarSummary("~", 2, 0, Noon, Noon), (string?)null)));
        Assert.That((await Store.ListAsync(new CalendarQuery("nobody", 3), default)).Items, Is.Empty);
        Assert.That((await Store.FindAsync("default", "a2", default))!.IsDeleted, Is.True);
    }

    [TestCase("{")]
    [TestCase("null")]
    [TestCase("""
        { "revision": 1, "createdAt": "2030-01-01T00:00:00Z", "changedAt": "2030-01-01T00:00:00Z", "excluded": ["x"], "included": [] }
        """)]
    public async Task One_that_is_damaged_is_told_and_holds_up_no_other(string content)
    {
        foreach (var name in new[] { "a", "b" })
        {
            await Store.WriteAsync(null, Calendar(name, "SAT") with { WakeAt = Noon }, default);
        }

        await OverwriteAsync("a", System.Text.Encoding.UTF8.GetBytes(content));

        Assert.That((await Store.FindDueAsync(Noon, 9, default)).Select(each => each.Name), Is.EqualTo(new[] { "b" }));
        Assert.That((await Store.FindAsync("default", ["a", "b"], default)).Select(each => each.Name), Is.EqualTo(new[] { "b" }));
        Assert.That(
            () => Store.FindAsync("default", "a", default),
            Throws.InstanceOf<StoreUnavailableException>().With.Message.Contains("damaged"));
        Assert.That(Damage, Does.StartWith("The calendar 'a' cannot be read: "));
    }

    private static CalendarRecord Calendar(string name, params string[] excluded) =>
        CalendarPlanner.Put(null, "default", name, CalendarDates.Read(excluded), CalendarDates.None, Noon);

    private static CalendarRecord Change(CalendarRecord before, params string[] excluded) => CalendarPlanner.Put(
        before, before.Tenant, before.Name, CalendarDates.Read(excluded), CalendarDates.None, Noon.AddMinutes(1));

    private static void AssertSame(CalendarRecord? found, CalendarRecord written)
    {
        Assert.That(found, Is.Not.Null);
        Assert.That((found!.Tenant, found.Name, found.Stamp, found.WakeAt, found.IsDeleted),
            Is.EqualTo((written.Tenant, written.Name, written.Stamp, written.WakeAt, written.IsDeleted)));
        Assert.That(TextOf(found), Is.EqualTo(TextOf(written)));

        static string TextOf(CalendarRecord record) =>
            System.Text.Json.JsonSerializer.Serialize(record.Content, SchedulesJson.Default.CalendarContent);
    }
}
