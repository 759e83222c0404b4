using Contracts.Storage;
using Infrastructure.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

public sealed class SampledClockTests
{
    private FakeTimeProvider machine = null!;
    private FakeStore store = null!;
    private SampledClock clock = null!;

    private static DateTimeOffset Noon => Clocks.Noon;

    [SetUp]
    public void Make()
    {
        machine = Clocks.AtNoon();
        store = new FakeStore(machine);
        clock = new SampledClock(store, machine, NullLogger<SampledClock>.Instance);
    }

    [TearDown]
    public void Close() => clock.Dispose();

    [Test]
    public void Now_before_the_first_sample_is_not_known()
    {
        var error = Assert.Throws<StoreUnavailableException>(() => _ = clock.Now);

        Assert.That((error.Outcome, clock.Offset), Is.EqualTo((WriteOutcome.Refused, (TimeSpan?)null)));
    }

    [Test]
    public async Task Now_ages_a_sample_by_less_than_the_time_that_went_by()
    {
        await SampleAsync(Noon.AddHours(1));

        machine.Advance(TimeSpan.FromSeconds(4));

        Assert.That(clock.Now, Is.EqualTo(Noon.AddHours(1).AddSeconds(4).AddMilliseconds(-2)).Within(TimeSpan.FromMicroseconds(100)));
        Assert.That(clock.Now, Is.LessThanOrEqualTo(Noon.AddHours(1).AddSeconds(4).AddMilliseconds(-2)));
    }

    [Test]
    public async Task Now_is_the_latest_that_any_sample_of_the_last_ten_seconds_allows()
    {
        await SampleAsync(Noon);
        machine.Advance(TimeSpan.FromSeconds(1));

        // This answer took long.
        await SampleAsync(Noon.AddMilliseconds(200));

        Assert.That(clock.Now, Is.EqualTo(Noon.AddSeconds(1)).Within(TimeSpan.FromMilliseconds(1)));
    }

    [Test]
    public async Task Latest_is_the_soonest_that_any_sample_allows_aged_since_it_was_asked_for()
    {
        // This answer took long: the store may have read its clock when it was asked, or just before the answer came.
        store.Takes = TimeSpan.FromMilliseconds(300);
        await SampleAsync(Noon.AddHours(1));
        Assert.That(clock.Latest - clock.Now, Is.EqualTo(TimeSpan.FromMilliseconds(301)).Within(TimeSpan.FromMilliseconds(1)));

        store.Takes = TimeSpan.Zero;
        await SampleAsync(Noon.AddHours(1));

        Assert.That(clock.Latest, Is.GreaterThan(Noon.AddHours(1)).And.LessThan(Noon.AddHours(1).AddMilliseconds(2)));
    }

    [Test]
    public async Task Now_forgets_what_is_older_than_ten_seconds_when_newer_is_there()
    {
        await SampleAsync(Noon.AddSeconds(30));
        for (var second = 1; second <= 11; second++)
        {
            // The store's clock was set back.
            machine.Advance(TimeSpan.FromSeconds(1));
            await SampleAsync(Noon.AddSeconds(second));
        }

        Assert.That(clock.Now, Is.EqualTo(Noon.AddSeconds(11)).Within(TimeSpan.FromMilliseconds(10)));
    }

    [Test]
    public async Task Now_goes_on_while_the_store_is_down()
    {
        await SampleAsync(Noon);
        store.Fails = true;
        machine.Advance(TimeSpan.FromMinutes(10));

        Assert.ThrowsAsync<StoreUnavailableException>(() => clock.SampleAsync(default));
        Assert.That(clock.Now, Is.EqualTo(Noon.AddMinutes(10)).Within(TimeSpan.FromMilliseconds(301)).And.LessThan(Noon.AddMinutes(10)));
    }

    [Test]
    public async Task Now_starts_anew_with_a_new_primary()
    {
        await SampleAsync(Noon.AddSeconds(5));

        await SampleAsync(Noon, "another");

        Assert.That(clock.Now, Is.EqualTo(Noon).Within(TimeSpan.FromMilliseconds(1)));
    }

    [Test]
    public async Task Offset_is_how_far_this_machine_is_ahead()
    {
        await SampleAsync(Noon.AddSeconds(-3));

        Assert.That(clock.Offset, Is.EqualTo(TimeSpan.FromSeconds(3)).Within(TimeSpan.FromMilliseconds(1)));
    }

    [Test]
    public async Task It_samples_every_second_whatever_the_store_does_meanwhile()
    {
        store.Next = new StoreTimeSample(Noon, "one");
        await clock.StartAsync(default);
        await Eventually.That(() => store.Asked == 1, TimeSpan.FromSeconds(10), "the first sample");

        store.Fails = true;
        await TurnAsync(until: 3);
        store.Fails = false;
        await TurnAsync(until: 5);
        await clock.StopAsync(default);

        async Task TurnAsync(int until)
        {
            // The loop may not wait yet when the clock is turned.
            await Eventually.That(
                () =>
                {
                    machine.Advance(TimeSpan.FromSeconds(1));
                    return store.Asked >= until;
                },
                TimeSpan.FromSeconds(10),
                () => $"asked {store.Asked} times");
        }
    }

    [Test]
    public async Task An_answer_that_nobody_expects_does_not_end_it()
    {
        store.Failure = new InvalidOperationException("MongoDB refused a command: not yet initialized");
        store.Fails = true;
        await clock.StartAsync(default);
        await Eventually.That(() => store.Asked == 1, TimeSpan.FromSeconds(10), "the first sample");

        store.Fails = false;
        await Eventually.That(
            () =>
            {
                machine.Advance(TimeSpan.FromSeconds(1));
                return clock.Offset is not null;
            },
            TimeSpan.FromSeconds(10),
            () => $"it has the time; {clock.ExecuteTask!.Status}");
        await clock.StopAsync(default);
    }

    private Task SampleAsync(DateTimeOffset time, string source = "one")
    {
        store.Next = new StoreTimeSample(time, source);
        return clock.SampleAsync(default);
    }

    private sealed class FakeStore(FakeTimeProvider machine) : IStoreTime
    {
        public TimeSpan Takes { get; set; }

        public StoreTimeSample Next { get; set; } = new(Clocks.Noon, "one");

        public bool Fails { get; set; }

        public Exception Failure { get; set; } = new StoreUnavailableException(WriteOutcome.Refused, "down");

        public int Asked { get; private set; }

        public Task<StoreTimeSample> SampleAsync(CancellationToken cancellationToken)
        {
            Asked++;
            machine.Advance(Takes);
            return Fails
                ? Task.FromException<StoreTimeSample>(Failure)
                : Task.FromResult(Next);
        }
    }
}
