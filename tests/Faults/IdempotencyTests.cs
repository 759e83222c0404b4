using Tests.Support;

namespace Tests.Faults;

/// <summary>One Idempotency-Key, one timer.</summary>
[Category(FaultReport.Category)]
[Parallelizable]
public sealed class IdempotencyTests
{
    [Test]
    public async Task Fifty_contenders_for_a_key_and_a_kill_before_the_answer_make_one_timer()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var contest = new Contest([standalone], receiver);

        await contest.RunAsync(Rounds.Cluster, _ => standalone, Doubt.AtItsStart);

        await contest.CheckAsync("embedded", TimeSpan.FromSeconds(10));
    }
}
