using Contracts.Timers;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>Timers that were stored days ahead are claimed on time, whatever the clock or the process did meanwhile.</summary>
public sealed class SqliteFarTimersTests
{
    private const int Others = 3_000;

    private FakeTimeProvider clock = null!;
    private SqliteTimerStore store = null!;

    [SetUp]
    public void Create()
    {
        clock = Clocks.AtNoon();
        store = new SqliteTimerStore(":memory:", clock);
    }

    [TearDown]
    public void Dispose() => store.Dispose();

    [Test]
    public async Task ClaimAsync_after_a_long_stop_finds_what_is_due_now_among_thousands_that_were_far()
    {
        var later = Clocks.Noon.AddDays(3);
        foreach (var sign in new[] { 1, -1 })
        {
            await store.AddAsync(
                [.. Enumerable.Range(0, Others).Select(i => ATimer.New().DueAt(later.AddMinutes(sign * (1 + (i % 600)))).Build())],
                default);
        }

        var due = ATimer.New().DueAt(later).Build();
        await store.AddAsync([due], default);

        clock.SetUtcNow(later);

        Assert.That(await ClaimedAsync(later), Is.EqualTo(new[] { due.TimerId }));
        var soon = later.AddSeconds(5);
        clock.SetUtcNow(soon);
        Assert.That(await ClaimedAsync(soon), Is.Empty);
    }

    [Test]
    public async Task ClaimAsync_after_a_step_of_the_clock_finds_what_is_stored_after_it()
    {
        var later = Clocks.Noon.AddDays(30);
        clock.SetUtcNow(later);
        Assert.That(await ClaimedAsync(later), Is.Empty);

        var due = ATimer.New().DueAt(later.AddMilliseconds(100)).Build();
        await store.AddAsync([due], default);

        Assert.That(await ClaimedAsync(later), Is.EqualTo(new[] { due.TimerId }));
    }

    [Test]
    public async Task MaintainAsync_moves_the_rest_and_none_is_claimed_twice()
    {
        var later = Clocks.Noon.AddDays(3);
        var all = Enumerable.Range(0, Others).Select(i => ATimer.New().DueAt(later.AddMilliseconds(-i)).Build()).ToList();
        await store.AddAsync([.. all], default);
        clock.SetUtcNow(later);
        var first = await ClaimedAsync(later);

        while (await store.MaintainAsync(later, default))
        {
            // The next step.
        }

        var rest = await store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, later, 10_000, long.MaxValue), default);
        Assert.That(first, Has.Count.EqualTo(2_000), "those of the last two seconds");
        Assert.That(first.Concat(rest.Select(timer => timer.Key)), Is.EquivalentTo(all.Select(timer => timer.TimerId)));
    }

    private async Task<List<Guid>> ClaimedAsync(DateTimeOffset now) =>
        [.. (await store.ClaimAsync(new ClaimRequest(now.AddSeconds(-2), now.AddMilliseconds(500), 10_000, long.MaxValue), default))
            .Select(timer => timer.Key)];
}
