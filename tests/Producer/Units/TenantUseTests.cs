using Contracts.Timers;
using Infrastructure.Access;
using Producer.Timers;
using Tests.Support;

namespace Tests.Producer.Units;

/// <summary>What is added up of a tenant's timers: counts of the store, and what was created since.</summary>
public sealed class TenantUseTests
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;

    private readonly QuotaOptions quotas = new() { TenantTimers = 3 };
    private TenantUse use = null!;

    [SetUp]
    public void Begin()
    {
        use = new TenantUse();
        Count(0, Noon);
    }

    [Test]
    public void What_was_created_counts_once_before_a_count_has_it_and_after()
    {
        Create(Noon);
        Create(Noon.AddSeconds(1));
        Assert.That(Used(Noon.AddSeconds(2)), Is.EqualTo(2));

        Count(1, Noon.AddMilliseconds(500));
        Assert.That(Used(Noon.AddSeconds(2)), Is.EqualTo(2), "the second one is later than the count");
        Count(2, Noon.AddSeconds(2));
        Assert.That(Used(Noon.AddSeconds(2)), Is.EqualTo(2));
        Count(0, Noon.AddSeconds(3));
        Assert.That(Used(Noon.AddSeconds(3)), Is.Zero, "they have finished");
    }

    [Test]
    public void What_is_being_created_counts_as_well()
    {
        Assert.That(Take(Noon, 2), Is.Null);
        Assert.That(Take(Noon, 2)!.Name, Is.EqualTo("timers"));
        Assert.That(Take(Noon, 1), Is.Null);
    }

    [Test]
    public void A_count_beside_a_create_is_left_out_unless_the_last_one_is_old()
    {
        var timers = Timers(1);
        Assert.That(use.TryTake(quotas, timers, Noon), Is.Null);
        Count(1, Noon.AddSeconds(1));
        Assert.That(Used(Noon.AddSeconds(1)), Is.EqualTo(1), "the count may have it already");

        var begun = use.BeginCount();
        use.Settle(timers, created: 1, createdBytes: 0, Noon.AddSeconds(2));
        use.Counted(CountOf(1, Noon.AddSeconds(2)), begun, Noon.AddSeconds(2));
        Assert.That(Used(Noon.AddSeconds(2)), Is.EqualTo(1), "created while the store counted");

        Assert.That(use.TryTake(quotas, timers, Noon.AddSeconds(3)), Is.Null);
        Count(2, Noon.AddSeconds(40));
        Assert.That(Used(Noon.AddSeconds(40)), Is.EqualTo(3), "counted twice rather than not at all, until the next count");
    }

    [Test]
    public void A_count_that_was_made_before_is_not_taken_for_a_new_one()
    {
        Create(Noon.AddSeconds(5));

        use.Counted(CountOf(0, Noon.AddSeconds(4)), use.BeginCount(), Noon.AddSeconds(6));

        Assert.That(Used(Noon.AddSeconds(6)), Is.EqualTo(1));
    }

    [Test]
    public void What_was_measured_takes_the_place_of_what_was_created_before()
    {
        var bytes = new QuotaOptions { TenantBytes = 10_000 };
        TimerScheduled[] timer = [ATimer.New().WithSpec(spec => spec with { Metadata = new(new byte[6_000], IsJson: false) }).Build()];
        Assert.That(use.TryTake(bytes, timer, Noon), Is.Null);
        Assert.That(use.TryTake(bytes, timer, Noon)!.Name, Is.EqualTo("bytes"));
        use.Settle(timer, created: 1, TenantUse.BytesOf(timer[0].Spec), Noon.AddSeconds(1));

        use.Measured(0, Noon);
        Assert.That(use.TryTake(bytes, timer, Noon), Is.Not.Null, "created later, so not in it");
        use.Measured(0, Noon.AddSeconds(1));
        Assert.That(use.TryTake(bytes, timer, Noon), Is.Null);
    }

    [Test]
    public void Destinations_are_forgotten_after_a_day()
    {
        var places = new QuotaOptions { TenantDestinations = 1 };
        TimerScheduled[] To(string url) => [ATimer.New().WithSpec(spec => spec with { Url = new Uri(url) }).Build()];
        Assert.That(use.TryTake(places, To("http://a.example/1"), Noon), Is.Null);
        Assert.That(use.TryTake(places, To("http://b.example"), Noon.AddHours(23))!.Name, Is.EqualTo("destinations"));
        Assert.That(use.TryTake(places, To("http://A.example/2"), Noon), Is.Null);

        Assert.That(use.TryTake(places, To("http://b.example"), Noon.AddHours(25)), Is.Null);
    }

    [Test]
    public void A_tenant_that_has_created_nothing_for_long_is_idle_and_what_no_quota_asks_for_is_not_kept()
    {
        var places = new QuotaOptions { TenantDestinations = 1 };
        Assert.That(use.IsIdle(places, Noon.AddDays(9), Noon.AddDays(9)), Is.False, "it is only being counted");
        Create(Noon);

        Assert.That(use.IsIdle(places, Noon, Noon.AddMinutes(10)), Is.False);
        Assert.That(use.IsIdle(places, Noon.AddMinutes(1), Noon.AddMinutes(11)), Is.True);
        Assert.That(Used(Noon), Is.Zero);
    }

    private static TimerScheduled[] Timers(int count) => [.. Enumerable.Range(0, count).Select(_ => ATimer.New().Build())];

    private static TimerCounts CountOf(long timers, DateTimeOffset at) => new(at, new Dictionary<TimerState, long>
    {
        [TimerState.Scheduled] = timers,
        [TimerState.Succeeded] = 7,
    });

    private void Count(long timers, DateTimeOffset at) => use.Counted(CountOf(timers, at), use.BeginCount(), at);

    private ExceededQuota? Take(DateTimeOffset at, int count) => use.TryTake(quotas, Timers(count), at);

    private void Create(DateTimeOffset at)
    {
        var timers = Timers(1);
        Assert.That(use.TryTake(quotas, timers, at), Is.Null);
        use.Settle(timers, created: 1, createdBytes: 0, at);
    }

    /// <summary>How many timers it has, by what it has room for.</summary>
    private long Used(DateTimeOffset at)
    {
        for (var room = 3; room > 0; room--)
        {
            var timers = Timers(room);
            if (use.TryTake(quotas, timers, at) is null)
            {
                use.Settle(timers, created: 0, createdBytes: 0, at);
                return quotas.TenantTimers - room;
            }
        }

        return quotas.TenantTimers;
    }
}
