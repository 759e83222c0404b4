using Tests.Support;

namespace Tests.Faults;

/// <summary>One Idempotency-Key, one timer: fifty contenders, and a kill before the answer. Those who were not answered ask again.</summary>
[Category(FaultReport.Category)]
[Parallelizable]
public sealed class IdempotencyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Fifty_contenders_for_a_key_and_a_kill_before_the_answer_make_one_timer()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var journal = new Journal(standalone.Http);
        var kills = new List<Fault>();
        for (var round = 0; round < Rounds.Cluster; round++)
        {
            kills.Add(await ContendAsync(journal, receiver, standalone));
        }

        await CheckAsync(journal, receiver, "embedded", kills);
    }

    /// <summary>One round.</summary>
    /// <param name="journal">Of the contenders; with several clients they are spread over them.</param>
    /// <param name="receiver">Tells one key from another by the address.</param>
    /// <param name="killed">Killed while they wait, and started again.</param>
    internal static async Task<Fault> ContendAsync(Journal journal, Receiver receiver, ServiceProcess killed)
    {
        var key = Guid.NewGuid().ToString("N");
        var timer = new { url = receiver.At($"/hook?key={key}"), delay = "PT1S" };
        var contenders = Enumerable.Range(0, 50).Select(i => journal.CreateAsync(timer, key, client: i)).ToList();
        await Task.WhenAny(contenders);
        var killedAt = TimeProvider.System.GetUtcNow();
        await killed.KillAsync();
        await Task.WhenAll(contenders);
        await killed.StartAsync();
        for (var i = 0; i < 50; i++)
        {
            // Whoever was not answered repeats the request as it was, until it is.
            await Eventually.That(
                async () => (await journal.CreateAsync(timer, key, client: i)).Verdict == Verdict.Ok, Patience, "the key is answered");
        }

        return new Fault("kill", killedAt, TimeProvider.System.GetUtcNow());
    }

    internal static async Task CheckAsync(Journal journal, Receiver receiver, string engines, List<Fault> kills)
    {
        await journal.DeliveredAsync(receiver, Patience);
        var found = FaultReport.Check("(10) 50 contenders for a key, kill before the answer", engines, kills.Count, journal.Evidence(receiver, [.. kills]));
        Assert.That(found.Acknowledged, Is.EqualTo(kills.Count), "one timer a key");
    }
}
