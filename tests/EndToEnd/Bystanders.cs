using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Whether those beside a trouble are held up by it: nine of ten of them, and 99 of a hundred, against a control.</summary>
public static class Bystanders
{
    private const int Turns = 3;

    /// <summary>So much more is chance; who waits for a tarpit waits for longer.</summary>
    private static readonly TimeSpan Chance = TimeSpan.FromMilliseconds(150);

    /// <summary>The last ones are soon held up by a busy machine; by a trouble they are for as long as it lasts.</summary>
    private static readonly TimeSpan ChanceOfTheLast = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Three times at most, each side by its quietest turn: a busy machine holds one up or the other, a trouble that holds others up does
    /// so each time.
    /// The last ones are held against the control of the same turn.
    /// </summary>
    /// <param name="turn">Lateness of the control, and beside the trouble.</param>
    public static async Task AreLeftAloneAsync(Func<Task<(IReadOnlyList<TimeSpan> Control, IReadOnlyList<TimeSpan> Beside)>> turn)
    {
        var (quietest, least) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        var found = string.Empty;
        for (var i = 0; i < Turns; i++)
        {
            var (control, beside) = await turn();
            quietest = Min(quietest, Within(control, 90));
            least = Min(least, Within(beside, 90));
            var (last, lastOfControl) = (Within(beside, 99), Within(control, 99));
            found = $"nine of ten within {least.TotalMilliseconds:0} ms, those of the control {quietest.TotalMilliseconds:0} ms; "
                + $"99 of a hundred within {last.TotalMilliseconds:0} ms and {lastOfControl.TotalMilliseconds:0} ms";
            await TestContext.Out.WriteLineAsync(found);
            if (least < (1.5 * quietest) + Chance && last < lastOfControl + ChanceOfTheLast)
            {
                return;
            }
        }

        Assert.Fail($"Held up: {found}");
    }

    /// <summary>How late the first webhook of each acknowledged timer came, in order.</summary>
    public static IReadOnlyList<TimeSpan> Lateness(this Journal journal, Receiver receiver)
    {
        var ids = journal.Acknowledged.Select(timer => timer.Id).ToHashSet();
        return [.. receiver.Journal.Where(arrival => ids.Contains(arrival.TimerId)).DistinctBy(arrival => arrival.TimerId)
            .Select(arrival => arrival.At - arrival.DueAt).Order()];
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>So many of a hundred are not later.</summary>
    private static TimeSpan Within(IEnumerable<TimeSpan> lateness, int percent)
    {
        var sorted = lateness.Order().ToList();
        return sorted[sorted.Count * percent / 100];
    }
}
