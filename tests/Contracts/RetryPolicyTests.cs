using Contracts.Timers;
using FsCheck;
using FsCheck.Fluent;

namespace Tests.Contracts;

public sealed class RetryPolicyTests
{
    [TestCase(1, 5)]
    [TestCase(2, 15)]
    [TestCase(3, 45)]
    [TestCase(4, 135)]
    public void PauseAfter_of_the_default_grows_threefold(int failures, int seconds) =>
        Assert.That(RetryPolicy.Default.PauseAfter(failures, chance: 0), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [TestCase(1, 1)]
    [TestCase(2, 60)]
    [TestCase(3, 60)]
    [TestCase(49, 60)]
    public void PauseAfter_of_a_list_goes_by_it_and_stays_at_its_last(int failures, int seconds)
    {
        var policy = new RetryPolicy { Delays = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)], Jitter = 0 };

        Assert.That(policy.PauseAfter(failures, chance: 1), Is.EqualTo(TimeSpan.FromSeconds(seconds)));
    }

    [Test]
    public void PauseAfter_with_jitter_adds_its_share_and_no_more()
    {
        var policy = new RetryPolicy { FirstDelay = TimeSpan.FromSeconds(10), Jitter = 0.5 };

        Assert.That(policy.PauseAfter(1, chance: 0), Is.EqualTo(TimeSpan.FromSeconds(10)));
        Assert.That(policy.PauseAfter(1, chance: 1), Is.EqualTo(TimeSpan.FromSeconds(15)));
    }

    [Test]
    public void PauseAfter_of_no_failure_is_refused() =>
        Assert.That(() => RetryPolicy.Default.PauseAfter(0, chance: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void PauseAfter_of_any_policy_is_within_its_bounds_and_never_shrinks()
    {
        var policies =
            from first in Gen.Choose(1, 86_400_000)
            from maximum in Gen.Choose(1, 604_800_000)
            from factor in Gen.Choose(10, 100)
            from jitter in Gen.Choose(0, 100)
            from chance in Gen.Choose(0, 100)
            select (Chance: chance / 100d, Policy: new RetryPolicy
            {
                FirstDelay = TimeSpan.FromMilliseconds(first),
                Maximum = TimeSpan.FromMilliseconds(maximum),
                Factor = factor / 10d,
                Jitter = jitter / 100d,
            });

        Prop.ForAll(policies.ToArbitrary(), one =>
        {
            var (chance, policy) = one;
            var pauses = Enumerable.Range(1, RetryPolicy.MaxAttempts).Select(failures => policy.PauseAfter(failures, chance)).ToList();
            var least = policy.FirstDelay < policy.Maximum ? policy.FirstDelay : policy.Maximum;
            return pauses.SequenceEqual(pauses.Order()) && pauses[0] >= least && pauses[^1] <= policy.Maximum * (1 + policy.Jitter);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Equals_goes_by_the_delays_themselves()
    {
        var one = new RetryPolicy { Delays = [TimeSpan.FromSeconds(1)] };

        Assert.That(one, Is.EqualTo(new RetryPolicy { Delays = [TimeSpan.FromSeconds(1)] }));
        Assert.That(one, Is.Not.EqualTo(new RetryPolicy { Delays = [TimeSpan.FromSeconds(2)] }));
        Assert.That(one.GetHashCode(), Is.EqualTo(new RetryPolicy { Delays = [TimeSpan.FromSeconds(1)] }.GetHashCode()));
    }
}
