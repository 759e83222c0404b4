using Contracts.Storage;
using Contracts.Timers;
using Runner.Timers.Armed;
using Tests.Support;

namespace Tests.Runner;

public sealed class ClaimPassTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [Test]
    public async Task RunOnceAsync_on_time_claims_what_falls_due_within_the_window_and_what_is_late_by_little()
    {
        await using var parts = new RunnerParts();
        await AddAsync(parts, -2_000, -1_999, 0, 500, 501);

        Assert.That(await parts.Pass(Lane.OnTime).RunOnceAsync(default), Is.EqualTo(3));

        parts.Clock.Advance(TimeSpan.FromSeconds(1));
        var due = new List<ArmedTimer>();
        parts.Armed.TakeDue(due);
        Assert.That(due.Select(timer => (timer.Timer.NextAt - Clocks.Noon).TotalMilliseconds), Is.EqualTo([-1_999, 0, 500]));
    }

    [Test]
    public async Task RunOnceAsync_overdue_claims_the_rest_and_passes_it_on_at_once()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var parts = await RunnerParts.StartAsync();
        await parts.Store.AddAsync([.. new[] { -2_000, -9_000, -1_999 }.Select(milliseconds => At(milliseconds)
            .WithSpec(spec => spec with { Url = receiver.At("/hook") }).Build())], default);

        Assert.That(await parts.Pass(Lane.Overdue).RunOnceAsync(default), Is.EqualTo(2));

        await Eventually.That(() => receiver.Count == 2, Deadline, "both are sent");
    }

    [Test]
    public async Task RunOnceAsync_goes_on_while_rows_remain()
    {
        await using var parts = new RunnerParts(new DueOptions { ClaimLimit = 10 });
        await AddAsync(parts, [.. Enumerable.Repeat(0, 35)]);

        Assert.That(await parts.Pass(Lane.OnTime).RunOnceAsync(default), Is.EqualTo(35));
    }

    [Test]
    public async Task RunOnceAsync_that_is_to_stop_ends_after_the_claim_under_way_and_keeps_what_it_gave()
    {
        await using var parts = new RunnerParts(new DueOptions { ClaimLimit = 10 });
        using var stop = new CancellationTokenSource();
        await AddAsync(parts, [.. Enumerable.Repeat(0, 35)]);
        parts.Store.OnClaim = stop.Cancel;

        Assert.That(await parts.Pass(Lane.OnTime).RunOnceAsync(stop.Token), Is.EqualTo(10));
        Assert.That(parts.Armed.Count, Is.EqualTo(10));
    }

    [Test]
    public async Task RunOnceAsync_whose_lease_was_lost_claims_nothing_more_under_the_next_name()
    {
        await using var parts = new RunnerParts(new DueOptions { ClaimLimit = 10 });
        await AddAsync(parts, [.. Enumerable.Repeat(0, 35)]);
        parts.Store.OnClaim = () =>
        {
            parts.Lease.Runner = Guid.NewGuid();
            parts.Lease.IsLive = false;
        };

        Assert.That(await parts.Pass(Lane.OnTime).RunOnceAsync(default), Is.EqualTo(10));
    }

    [Test]
    public async Task RunOnceAsync_ends_when_its_lane_is_full_and_goes_on_when_there_is_room()
    {
        await using var parts = new RunnerParts(new DueOptions { Capacity = 100, ClaimLimit = 40 });
        await AddAsync(parts, [.. Enumerable.Repeat(0, 70)]);
        var pass = parts.Pass(Lane.OnTime);

        var first = await pass.RunOnceAsync(default);
        var full = await pass.RunOnceAsync(default);
        parts.Armed.Drain();
        var rest = await pass.RunOnceAsync(default);

        Assert.That((first, full, rest), Is.EqualTo((50, (int?)null, 20)));
    }

    [Test]
    public async Task RunOnceAsync_after_slow_claims_reaches_further_ahead_for_a_herd()
    {
        // Claims give 100 rows a second; 200 that are due at once in 4 s take 2 s, and a quarter for safety.
        await using var parts = new RunnerParts(new DueOptions { ClaimLimit = 10 });
        parts.Store.OnClaim = () => parts.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await AddAsync(parts, [.. Enumerable.Repeat(0, 10)]);
        var pass = parts.Pass(Lane.OnTime);
        await pass.RunOnceAsync(default);
        await AddAsync(parts, [2_300, .. Enumerable.Repeat(4_000, 200)]);

        var ahead = await pass.RunOnceAsync(default);

        Assert.That(ahead, Is.EqualTo(1), "It is due within the 2.5 s that so many need, and beyond the usual window.");
    }

    [Test]
    public async Task RunOnceAsync_counts_what_comes_once_a_second_while_nothing_does()
    {
        await using var parts = new RunnerParts(new DueOptions { ClaimLimit = 10 });
        parts.Store.OnClaim = () => parts.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await AddAsync(parts, [.. Enumerable.Repeat(0, 10)]);
        var pass = parts.Pass(Lane.OnTime);
        await pass.RunOnceAsync(default);
        await pass.RunOnceAsync(default);
        await AddAsync(parts, [2_300, .. Enumerable.Repeat(4_000, 200)]);

        var soon = await pass.RunOnceAsync(default);
        parts.Clock.Advance(TimeSpan.FromMilliseconds(900));
        var later = await pass.RunOnceAsync(default);

        Assert.That((soon, later), Is.EqualTo((0, 1)));
    }

    [Test]
    public async Task RunOnceAsync_for_the_first_time_takes_back_what_the_process_before_had_claimed()
    {
        await using var parts = new RunnerParts();
        await AddAsync(parts, 0);
        await parts.Store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, Clocks.Noon, 10, long.MaxValue), default);

        Assert.That(await parts.Pass(Lane.OnTime).RunOnceAsync(default), Is.EqualTo(1));
    }

    [Test]
    public async Task RunOnceAsync_takes_back_once_for_both_lanes_and_never_what_it_has_claimed_itself()
    {
        await using var parts = new RunnerParts();
        await AddAsync(parts, 0);
        await parts.Pass(Lane.OnTime).RunOnceAsync(default);

        await parts.Pass(Lane.Overdue).RunOnceAsync(default);

        Assert.That(await parts.CountAsync(TimerState.Armed), Is.EqualTo(1));
    }

    [Test]
    public async Task RunOnceAsync_with_the_store_down_says_so_and_begins_with_taking_back_the_next_time()
    {
        await using var parts = new RunnerParts();
        await AddAsync(parts, 0);
        await parts.Store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, Clocks.Noon, 10, long.MaxValue), default);
        var pass = parts.Pass(Lane.OnTime);
        parts.Store.Failure = new StoreUnavailableException(WriteOutcome.Refused, "down");

        Assert.ThrowsAsync<StoreUnavailableException>(() => pass.RunOnceAsync(default));
        parts.Store.Failure = null;

        Assert.That(await pass.RunOnceAsync(default), Is.EqualTo(1));
    }

    [Test]
    public async Task RunOnceAsync_by_many_at_once_claims_each_once()
    {
        await using var parts = new RunnerParts(new DueOptions { ClaimLimit = 7 });
        await AddAsync(parts, [.. Enumerable.Repeat(0, 100)]);
        var pass = parts.Pass(Lane.OnTime);

        var claimed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => pass.RunOnceAsync(default))));

        Assert.That((claimed.Sum(), parts.Armed.Count), Is.EqualTo((100, 100)));
    }

    private static Task AddAsync(RunnerParts parts, params int[] milliseconds) =>
        parts.Store.AddAsync([.. milliseconds.Select(due => At(due).Build())], default);

    private static ATimer At(int milliseconds) => ATimer.New().DueAt(Clocks.Noon.AddMilliseconds(milliseconds));
}
