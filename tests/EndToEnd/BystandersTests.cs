using NUnit.Framework.Internal;

namespace Tests.EndToEnd;

/// <summary>Whether it is seen that someone is held up, and chance is not taken for it.</summary>
[NonParallelizable]
public sealed class BystandersTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(3);

    [TestCase(0, 3, true, TestName = "Nobody_held_up_is_left_alone")]
    [TestCase(15, 3, false, TestName = "Fifteen_of_a_hundred_held_up_are_seen")]
    [TestCase(3, 3, false, TestName = "Three_of_a_hundred_held_up_are_seen")]
    [TestCase(15, 2, true, TestName = "Fifteen_of_a_hundred_in_two_turns_of_three_are_chance")]
    [TestCase(3, 2, true, TestName = "Three_of_a_hundred_in_two_turns_of_three_are_chance")]
    public async Task Bystanders_are(int heldUp, int turns, bool leftAlone)
    {
        var turn = 0;
        AssertionException? failure = null;

        // What fails in there is not this test's failure.
        using (new TestExecutionContext.IsolatedContext())
        {
            try
            {
                await Bystanders.AreLeftAloneAsync(() => Task.FromResult((Lateness(0), Lateness(++turn <= turns ? heldUp : 0))));
            }
            catch (AssertionException held)
            {
                failure = held;
            }
        }

        Assert.That(failure, leftAlone ? Is.Null : Is.Not.Null);
    }

    /// <summary>Of two hundred, some of each hundred late.</summary>
    private static IReadOnlyList<TimeSpan> Lateness(int ofHundred) =>
        [.. Enumerable.Range(0, 200).Select(i => i % 100 < ofHundred ? Long : TimeSpan.FromMilliseconds(5))];
}
