using System.Net;
using Microsoft.Extensions.Time.Testing;
using Runner.Timers.Receivers;
using Tests.Support;

namespace Tests.Runner;

/// <summary>The bounds on requests under way and on what a kill would repeat, and who gets a slot that becomes free.</summary>
public sealed class SendBudgetTests
{
    private static readonly Action Nobody = () => { };

    private readonly FakeTimeProvider clock = Clocks.AtNoon();
    private readonly List<SendBudget> budgets = [];

    [TearDown]
    public void Dispose()
    {
        budgets.ForEach(budget => budget.Dispose());
        budgets.Clear();
    }

    [Test]
    public void Names_that_lead_to_one_address_share_its_slots()
    {
        var budget = Create(perAddress: 3);
        var one = budget.Join(At(1));
        var other = budget.Join(At(1));

        Assert.That(Take(budget, one, 2), Has.Count.EqualTo(2));
        Assert.That(Take(budget, other, 2), Has.Count.EqualTo(1));
        Assert.That(Take(budget, budget.Join(At(2)), 2), Has.Count.EqualTo(2));
    }

    [Test]
    public void Receivers_that_hang_leave_slots_for_others_however_many_they_are([Values(1, 5, 50)] int hanging)
    {
        const int Total = 600;
        var budget = Create(Total);
        var shares = Enumerable.Range(0, hanging).Select(i => budget.Join(At(i))).ToList();
        for (var i = 0; i < Total; i++)
        {
            shares.ForEach(share => budget.TryTake(share, Nobody));
            clock.Advance(TimeSpan.FromMilliseconds(30));
        }

        var taken = Take(budget, budget.Join(At(10_000)), SendBudget.MaxExposed).Count;

        Assert.That(taken, Is.GreaterThanOrEqualTo(Math.Min(SendBudget.MaxExposed, Total / (hanging + 1) / 2)).And.GreaterThan(0));
    }

    [Test]
    public void A_slot_that_is_returned_is_offered_to_the_first_that_may_take_it()
    {
        var budget = Create(total: 4, perAddress: 1);
        var (full, other) = (budget.Join(At(1)), budget.Join(At(2)));
        var offered = new List<string>();
        var fullSlot = Take(budget, full, 1)[0];
        var otherSlot = Take(budget, other, 1)[0];
        Assert.That(budget.TryTake(full, () => offered.Add("full")), Is.Null);
        Assert.That(budget.TryTake(other, () => offered.Add("other")), Is.Null);

        otherSlot.End();
        Assert.That(offered, Is.EqualTo(new[] { "other" }));
        fullSlot.End();
        Assert.That(offered, Is.EqualTo(new[] { "other", "full" }));
    }

    [Test]
    public void All_that_wait_are_offered_what_becomes_free_at_once()
    {
        var budget = Create();
        var (hanging, others) = (budget.Join(At(0)), Enumerable.Range(1, 5).Select(i => budget.Join(At(i))).ToList());
        Assert.That(Take(budget, hanging, SendBudget.MaxExposed), Has.Count.EqualTo(SendBudget.MaxExposed));
        var taken = new List<SendShare>();
        foreach (var other in others)
        {
            Assert.That(budget.TryTake(other, () => taken.AddRange(Take(budget, other, 1).Select(_ => other))), Is.Null);
        }

        clock.Advance(TimeSpan.FromMilliseconds(26));

        Assert.That(taken, Is.EqualTo(others), "nothing ends that would offer the rest later");
    }

    [Test]
    public void An_address_that_nobody_leads_to_any_more_is_forgotten_when_its_last_request_ends()
    {
        var budget = Create(perAddress: 1);
        var share = budget.Join(At(1));
        var slot = Take(budget, share, 1)[0];

        budget.Leave(share);
        Assert.That(budget.Join(At(1)), Is.SameAs(share), "its request still counts");
        budget.Leave(share);
        slot.End();

        Assert.That(budget.Join(At(1)), Is.Not.SameAs(share));
    }

    [Test]
    public void What_is_answered_but_not_on_disk_is_bounded_and_goes_on_when_it_is()
    {
        var budget = Create();
        var share = budget.Join(At(1));
        var slots = Take(budget, share, 1_000);
        Assert.That(slots, Has.Count.EqualTo(SendBudget.MaxExposed));

        slots.ForEach(slot => slot.End());
        Assert.That(Take(budget, share, 1), Is.Empty, "answered, and nothing is on disk yet");

        slots.ForEach(slot => slot.Settle());
        Assert.That(budget.Exposed, Is.Zero);
        Assert.That(Take(budget, share, 1), Has.Count.EqualTo(1));
    }

    [Test]
    public void A_slow_receiver_is_not_counted_until_it_answers()
    {
        var budget = Create();
        var (slow, quick) = (budget.Join(At(1)), budget.Join(At(2)));
        var first = Take(budget, slow, 1_000);
        var offered = 0;
        Assert.That(budget.TryTake(quick, () => offered++), Is.Null);

        clock.Advance(TimeSpan.FromMilliseconds(26));

        Assert.That((offered, budget.Exposed), Is.EqualTo((1, 0)), "the quick one is told that it may go on");
        Assert.That(Take(budget, slow, 100), Is.Empty, "as many as a kill may repeat may be answered at once");
        clock.Advance(SendSweep.HangingRequest);
        var more = Take(budget, slow, 1_000);
        Assert.That((more.Count, budget.Exposed), Is.EqualTo((SendBudget.MaxExposed, 0)), "others need not wait for those that hang");

        first.ForEach(slot => slot.End());
        Assert.That(budget.Exposed, Is.EqualTo(first.Count), "it has answered, and nothing is on disk yet");
        Assert.That(Take(budget, quick, 1), Is.Empty);
        first.ForEach(slot => slot.Settle());
        Assert.That(budget.Exposed, Is.Zero);
    }

    [Test]
    public void A_slow_receiver_that_answers_one_by_one_gets_more_at_once_and_less_when_it_answers_many_together()
    {
        var budget = Create(perAddress: 200);
        var share = budget.Join(At(1));
        var slots = Take(budget, share, 1_000);
        clock.Advance(TimeSpan.FromMilliseconds(30));
        for (var i = 0; i < 2_000; i++)
        {
            slots[0].End();
            slots[0].Settle();
            slots.RemoveAt(0);
            slots.AddRange(Take(budget, share, 1_000));
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.That(slots, Has.Count.EqualTo(200), "all slots of the address");
        clock.Advance(TimeSpan.FromMilliseconds(100));

        slots.ForEach(slot => slot.End());
        slots.ForEach(slot => slot.Settle());

        Assert.That(Take(budget, share, 1_000), Has.Count.EqualTo(100), "half");
    }

    [Test]
    public void A_slow_receiver_that_answers_many_together_gets_no_more(
        [Values((SendBudget.MaxExposed / 2) + 1, SendBudget.MaxExposed)] int together)
    {
        var budget = Create();
        var share = budget.Join(At(1));
        var slots = Take(budget, share, 1_000);
        clock.Advance(TimeSpan.FromMilliseconds(30));
        for (var i = 0; i < 50; i++)
        {
            var answered = slots.Take(together).ToList();
            slots.RemoveRange(0, together);
            answered.ForEach(slot => slot.End());
            answered.ForEach(slot => slot.Settle());
            slots.AddRange(Take(budget, share, 1_000));
            clock.Advance(TimeSpan.FromMilliseconds(30));
        }

        Assert.That(slots, Has.Count.EqualTo(SendBudget.MaxExposed));
    }

    [Test]
    public void A_slow_receiver_of_few_webhooks_earns_no_more_by_them()
    {
        var budget = Create();
        var share = budget.Join(At(1));
        for (var i = 0; i < 500; i++)
        {
            var few = Take(budget, share, 10);
            clock.Advance(TimeSpan.FromMilliseconds(30));
            few.ForEach(slot => slot.End());
            few.ForEach(slot => slot.Settle());
        }

        Assert.That(Take(budget, share, 1_000), Has.Count.EqualTo(SendBudget.MaxExposed));
    }

    [Test]
    public void What_was_settled_before_it_ended_is_not_exposed_for_ever()
    {
        var budget = Create();
        var slot = Take(budget, budget.Join(At(1)), 1)[0];

        slot.Settle();
        slot.End();
        slot.Settle();

        Assert.That(budget.Exposed, Is.Zero);
    }

    [Test]
    public void Fewer_are_exposed_while_it_takes_long_to_store_outcomes_and_as_many_as_before_when_it_does_not()
    {
        var budget = Create();
        var share = budget.Join(At(1));
        Turn(TimeSpan.FromMilliseconds(9), rounds: 50);
        Assert.That(Turn(TimeSpan.FromMilliseconds(9), rounds: 1), Is.EqualTo(SendBudget.MinExposed));

        Turn(TimeSpan.FromMilliseconds(1), rounds: 100);
        Assert.That(Turn(TimeSpan.FromMilliseconds(1), rounds: 1), Is.EqualTo(SendBudget.MaxExposed));
        return;

        int Turn(TimeSpan exposure, int rounds)
        {
            var taken = 0;
            for (var i = 0; i < rounds; i++)
            {
                var slots = Take(budget, share, 1_000);
                taken = slots.Count;
                slots.ForEach(slot => slot.End());
                clock.Advance(exposure);
                slots.ForEach(slot => slot.Settle());
            }

            return taken;
        }
    }

    [Test]
    public void A_slot_whose_outcome_is_kept_is_renewed_for_the_next_request()
    {
        var budget = Create();
        var share = budget.Join(At(1));
        var slots = Take(budget, share, SendBudget.MaxExposed);
        Assert.That(budget.TryRenew(slots[0], own: null), Is.Null, "Its outcome is not kept: a kill would repeat it.");

        slots[0].IsKept = true;
        var renewed = budget.TryRenew(slots[0], own: null);

        Assert.That(renewed, Is.Not.Null);
        Assert.That(budget.Exposed, Is.EqualTo(SendBudget.MaxExposed));
        renewed!.IsKept = true;
        renewed.End();
        Assert.That(budget.Exposed, Is.EqualTo(SendBudget.MaxExposed - 1));
    }

    [Test]
    public void A_slot_is_not_renewed_while_others_wait_for_one()
    {
        var budget = Create();
        var (share, other) = (budget.Join(At(1)), budget.Join(At(2)));
        var slots = Take(budget, share, SendBudget.MaxExposed);
        var offered = 0;
        Assert.That(budget.TryTake(other, () => offered++), Is.Null);

        slots[0].IsKept = true;
        Assert.That(budget.TryRenew(slots[0], own: null), Is.Null);
        slots[0].End();

        Assert.That(offered, Is.EqualTo(1));
    }

    [Test]
    public void A_slot_is_renewed_past_its_own_wait_and_not_past_that_of_another_at_the_same_address()
    {
        var budget = Create(perAddress: 2);
        var (share, same) = (budget.Join(At(1)), budget.Join(At(1)));
        var slots = Take(budget, share, 2);
        slots[0].IsKept = slots[1].IsKept = true;
        Action own = () => { };
        Assert.That(budget.TryTake(share, own), Is.Null);
        var renewed = budget.TryRenew(slots[0], own);
        Assert.That(renewed, Is.Not.Null, "nobody else waits");

        var offered = 0;
        Assert.That(budget.TryTake(same, () => offered++), Is.Null);
        renewed!.IsKept = true;
        Assert.That(budget.TryRenew(renewed, own), Is.Null);
        Assert.That(budget.TryRenew(slots[1], own: null), Is.Null);
        renewed.End();
        slots[1].End();

        Assert.That(offered, Is.EqualTo(1), "each gets one");
    }

    [Test]
    public void Short_is_what_waits_for_outcomes_and_not_what_waits_for_its_receiver()
    {
        var full = Create(perAddress: 3);
        Take(full, full.Join(At(1)), 4);
        var exposed = Create();
        Take(exposed, exposed.Join(At(1)), SendBudget.MaxExposed + 1);

        Assert.That((full.IsShort, exposed.IsShort), Is.EqualTo((false, true)));
    }

    private SendBudget Create(int total = 1_000, int perAddress = 1_000)
    {
        budgets.Add(new SendBudget(total, perAddress, clock));
        return budgets[^1];
    }

    private static List<SendSlot> Take(SendBudget budget, SendShare share, int wanted)
    {
        var taken = new List<SendSlot>();
        while (taken.Count < wanted && budget.TryTake(share, Nobody) is { } slot)
        {
            taken.Add(slot);
        }

        return taken;
    }

    private static IPEndPoint At(int number) => new(IPAddress.Parse($"10.0.{number / 256}.{number % 256}"), 80);
}
