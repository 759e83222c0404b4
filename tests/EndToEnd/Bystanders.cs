using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Whether those beside a trouble are held up by it: nine of ten of them, against a control.</summary>
public static class Bystanders
{
    private const int Turns = 3;

    /// <summary>So much more is chance; who waits for a tarpit waits for longer.</summary>
    private static readonly TimeSpan Chance = TimeSpan.FromMilliseconds(150);

    /// <summary>Three times at most, each side by its quietest turn: a busy machine holds one up or the other, a trouble that holds others up does so each time.</summary>
    /// <param name="turn">Lateness of the control, and beside the trouble.</param>
    public static async Task AreLeftAloneAsync(Func<Task<(IEnumerable<TimeSpan> Control, IEnumerable<TimeSpan> Beside)>> turn)
    {
        var (quietest, least) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < Turns; i++)
        {
            var (control, beside) = await turn();
            quietest = Least(quietest, NineOfTen(control));
            least = Least(least, NineOfTen(beside));
            await TestContext.Out.WriteLineAsync($"nine of ten within {least.TotalMilliseconds:0} ms, those of the control {quietest.TotalMilliseconds:0} ms");
            if (least < (1.5 * quietest) + Chance)
            {
                return;
            }
        }

        Assert.Fail($"Held up: nine of ten within {least.TotalMilliseconds:0} ms, those of the control {quietest.TotalMilliseconds:0} ms");
    }

    /// <summary>How late the first webhook of each acknowledged timer came, in order.</summary>
    public static IReadOnlyList<TimeSpan> Lateness(this Journal journal, Receiver receiver)
    {
        var ids = journal.Acknowledged.Select(timer => timer.Id).ToHashSet();
        return [.. receiver.Journal.Where(arrival => ids.Contains(arrival.TimerId)).DistinctBy(arrival => arrival.TimerId)
            .Select(arrival => arrival.At - arrival.DueAt).Order()];
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan NineOfTen(IEnumerable<TimeSpan> lateness)
    {
        var sorted = lateness.Order().ToList();
        return sorted[sorted.Count * 9 / 10];
    }
}
