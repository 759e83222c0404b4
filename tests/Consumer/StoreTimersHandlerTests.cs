using Consumer.Timers;
using Contracts.Common;
using Contracts.Live;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Consumer;

public sealed class StoreTimersHandlerTests
{
    [Test]
    public async Task HandleAsync_wakes_the_runner_and_tells_watchers_when_all_are_stored_and_not_before()
    {
        using var steps = new Steps();
        var late = ATimer.New().DueAt(Clocks.Noon.AddHours(1)).Build();
        var early = ATimer.New().OwnedBy(Tenant.Default, "early").DueAt(Clocks.Noon.AddSeconds(1)).Build();

        await new StoreTimersHandler(steps, steps, steps).HandleAsync([late, early], default);

        Assert.That(steps.Taken, Is.EqualTo(
            ["store 2", "wake 13:00:00", $"tell timers {late.TimerId}", "wake 12:00:01", "tell timers early"]));
    }

    [Test]
    public void HandleAsync_of_what_could_not_be_stored_wakes_nobody_and_passes_the_failure_on()
    {
        using var steps = new Steps { Failure = new StoreUnavailableException(WriteOutcome.Refused, "full") };

        Assert.ThrowsAsync<StoreUnavailableException>(
            () => new StoreTimersHandler(steps, steps, steps).HandleAsync([ATimer.New().Build()], default));
        Assert.That(steps.Taken, Is.Empty);
    }

    [TestCase(Tenant.Default, Tenant.Default, false, true)]
    [TestCase(Tenant.Default, Tenant.Default, true, true)]
    [TestCase("acme", "acme", true, true)]
    [TestCase("acme", "acme", false, false)]
    [TestCase("acme", "other", true, false)]
    [TestCase("acme", Tenant.Default, true, false)]
    [TestCase("acme", Tenant.Default, false, false)]
    [TestCase(Tenant.Default, "acme", true, false)]
    [TestCase(Tenant.Default, "acme", false, false)]
    public async Task HandleAsync_of_a_key_that_is_not_its_tenants_stores_nothing(string tenant, string keyOf, bool hasOwnId, bool isStored)
    {
        using var steps = new Steps();
        var owned = ATimer.New().OwnedBy(keyOf, "order/17");
        var message = (hasOwnId ? owned : owned.WithSpec(spec => spec with { OwnId = null })).Build();

        var handling = new StoreTimersHandler(steps, steps, steps).HandleAsync(
            [new Received<TimerScheduled>(message, LogPosition.None) { Tenant = tenant }],
            default);

        if (isStored)
        {
            await handling;
        }
        else
        {
            Assert.ThrowsAsync<MessageRejectedException>(() => handling);
        }

        Assert.That((await steps.FindAsync(tenant, [message.TimerId], default)).Count, Is.EqualTo(isStored ? 1 : 0));
    }

    private sealed class Steps : FaultyTimerStore, IWakeUps, ILiveNotices
    {
        public List<string> Taken { get; } = [];

        public void Notify(Guid timer, DateTimeOffset dueAt) => Taken.Add($"wake {dueAt:HH:mm:ss}");

        public void Note(string tenant, string feed, string key, IReadOnlyCollection<string>? left = null) =>
            Taken.Add($"tell {feed} {key}");

        public void NoteAll(string tenant, string feed) => throw new NotSupportedException();

        public override async Task AddAsync(IReadOnlyList<Received<TimerScheduled>> created, CancellationToken cancellationToken)
        {
            // Lets the handler run on, if it does not wait.
            await Task.Yield();
            await base.AddAsync(created, cancellationToken);
            Taken.Add($"store {(await this.FindAsync([.. created.Select(timer => timer.Message.TimerId)], cancellationToken)).Count}");
        }
    }
}
