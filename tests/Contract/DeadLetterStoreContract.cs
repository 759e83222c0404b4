using Contracts.Common;
using Contracts.Messaging;
using Tests.Support;

namespace Tests.Contract;

/// <summary>What every store of dead letters promises.</summary>
public abstract class DeadLetterStoreContract
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private IDeadLetterStore store = null!;

    protected abstract IDeadLetterStore CreateStore();

    [SetUp]
    public void Open() => store = CreateStore();

    [Test]
    public async Task AddAsync_then_FindAsync_gives_it_as_it_was()
    {
        var letter = Letter(1) with { Content = new byte[] { 0, 1, 255 }, Replays = 0, Exception = "System.Exception" };

        await store.AddAsync(letter, default);

        var found = await store.FindAsync("default", letter.Id, default);
        Assert.That(found!.Content.ToArray(), Is.EqualTo(new byte[] { 0, 1, 255 }));
        Assert.That(found with { Content = default }, Is.EqualTo(letter with { Content = default }));
    }

    [Test]
    public async Task AddAsync_of_one_that_was_replayed_opens_it_again()
    {
        var letter = Letter(1);
        await store.AddAsync(letter, default);
        Assert.That(await store.TryReplaceAsync(letter, letter with { State = DeadLetterState.Replayed, Replays = 1, Version = 2 },
            default), Is.True);

        await store.AddAsync(letter with { Reason = "Again.", DiedAt = Noon.AddHours(1) }, default);

        var found = await store.FindAsync("default", letter.Id, default);
        Assert.That((found!.State, found.Reason, found.Replays, found.DiedAt, found.Version),
            Is.EqualTo((DeadLetterState.Open, "Again.", 1, Noon.AddHours(1), 3)));
    }

    [Test]
    public async Task FindOpenAsync_finds_those_of_the_tenant_that_are_open()
    {
        var (open, replayed, foreign) = (Letter(1), Letter(2), Letter(3));
        await store.AddAsync(open, default);
        await store.AddAsync(replayed, default);
        await store.AddAsync(foreign with { Tenant = "another" }, default);
        Assert.That(await store.TryReplaceAsync(replayed, replayed with { State = DeadLetterState.Replayed }, default), Is.True);
        string[] ids = [.. Enumerable.Range(0, 3_000).Select(i => Letter(10_000 + i).Id), open.Id, replayed.Id, foreign.Id];

        var found = await store.FindOpenAsync("default", ids, default);

        Assert.That(found.Select(letter => (letter.Id, letter.Reason)), Is.EqualTo(new[] { (open.Id, open.Reason) }));
        Assert.That(await store.FindOpenAsync("default", [], default), Is.Empty);
    }

    [Test]
    public async Task FindLatestOpenAsync_finds_the_latest_open_letter_of_the_key()
    {
        var letter = Letter(1);
        var replayed = Letter(3) with { DiedAt = Noon.AddHours(2) };
        DeadLetter[] all =
        [
            letter,
            Letter(2) with { DiedAt = Noon.AddHours(1), Reason = "The latest open one." },
            replayed,
            Letter(4) with { DiedAt = Noon.AddHours(3), Tenant = "another" },
            Letter(5) with { DiedAt = Noon.AddHours(4), Topic = "another" },
            Letter(6) with { DiedAt = Noon.AddHours(5), Key = "another" },
        ];
        foreach (var each in all)
        {
            await store.AddAsync(each, default);
        }

        Assert.That(await store.TryReplaceAsync(replayed, replayed with { State = DeadLetterState.Replayed }, default), Is.True);

        var found = await store.FindLatestOpenAsync("default", "timers", "key", default);

        Assert.That((found!.Id, found.Reason, found.Content.Length), Is.EqualTo((Letter(2).Id, "The latest open one.", 0)));
        Assert.That(await store.FindLatestOpenAsync("default", "timers", "none", default), Is.Null);
    }

    [Test]
    public async Task FindAsync_of_another_tenants_letter_finds_nothing()
    {
        await store.AddAsync(Letter(1) with { Tenant = "another" }, default);

        Assert.That(await store.FindAsync("default", Letter(1).Id, default), Is.Null);
        Assert.That((await store.ListAsync(new DeadLetterQuery(), default)).Items, Is.Empty);
        Assert.That(await store.FindAsync("another", Letter(1).Id, default), Is.Not.Null);
    }

    [Test]
    public async Task TryReplaceAsync_and_TryDeleteAsync_of_one_that_changed_do_nothing()
    {
        var letter = Letter(1);
        await store.AddAsync(letter, default);
        var stale = letter with { Version = 7 };

        Assert.That(await store.TryReplaceAsync(stale, stale with { Reason = "No." }, default), Is.False);
        Assert.That(await store.TryDeleteAsync(stale, default), Is.False);
        Assert.That((await store.FindAsync("default", letter.Id, default))!.Reason, Is.EqualTo(letter.Reason));
        Assert.That(await store.TryDeleteAsync(letter, default), Is.True);
        Assert.That(await store.TryDeleteAsync(letter, default), Is.False);
    }

    [Test]
    public async Task ListAsync_pages_through_all_that_its_conditions_name_latest_first()
    {
        var letters = Enumerable.Range(0, 20)
            .Select(i => Letter(i) with { DiedAt = Noon.AddSeconds(i / 3), Topic = i % 2 == 0 ? "even" : "odd" }).ToList();
        foreach (var letter in letters)
        {
            await store.AddAsync(letter, default);
        }

        var found = new List<DeadLetter>();
        var query = new DeadLetterQuery { Topic = "even", State = DeadLetterState.Open, Limit = 3 };
        do
        {
            var page = await store.ListAsync(query, default);
            Assert.That(page.Items, Has.Count.LessThanOrEqualTo(3));
            found.AddRange(page.Items);
            query = query with { Cursor = page.Next };
        }
        while (query.Cursor is not null);

        Assert.That(found.Select(letter => letter.Id),
            Is.EquivalentTo(letters.Where(letter => letter.Topic == "even").Select(letter => letter.Id)));
        Assert.That(found.Select(letter => letter.DiedAt), Is.Ordered.Descending);
        Assert.That(found.Select(letter => letter.Content.Length), Is.All.Zero);
        Assert.That((await store.ListAsync(new DeadLetterQuery { State = DeadLetterState.Replayed }, default)).Items, Is.Empty);
    }

    private static DeadLetter Letter(long offset)
    {
        var position = new LogPosition(new Guid("0b0b6d8e-3d9a-4d5f-8f8a-1f3b5c7d9e11"), 3, offset);
        return new DeadLetter
        {
            Id = DeadLetter.IdOf("timers", position),
            Topic = "timers",
            Type = "timer.scheduled",
            Key = "key",
            Position = position,
            Reason = "It does not compute.",
            DiedAt = Noon,
        };
    }
}
