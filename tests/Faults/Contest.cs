using System.Diagnostics;
using System.Xml;
using Tests.Support;

namespace Tests.Faults;

/// <summary>
/// Fifty contenders for one Idempotency-Key, and a process that is killed before any of them is answered. Unanswered contenders ask again.
/// </summary>
/// <param name="producers">The processes that are asked, in turn.</param>
/// <param name="receiver">Tells the keys apart by their marks.</param>
internal sealed class Contest(IReadOnlyList<ServiceProcess> producers, Receiver receiver)
{
    private const int Contenders = 50;
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private readonly Journal journal = new([.. producers.Select(producer => producer.Http)]);
    private readonly Random random = new(1);
    private readonly List<Fault> kills = [];
    private int keys;
    private int unanswered;
    private int made;

    /// <summary>
    /// Runs contests until enough kills came before any answer; some contests are over too soon. The long version also goes on until one of
    /// these kills hit a process that had made the timer: that is the hard half, and it need not happen in a few rounds.
    /// </summary>
    /// <param name="rounds">How many such kills, at least.</param>
    /// <param name="killed">The process that each of them kills; the first must be one that is asked.</param>
    /// <param name="doubt">Whether that process sends webhooks, and so may send some again.</param>
    public async Task RunAsync(int rounds, Func<int, ServiceProcess> killed, Doubt doubt)
    {
        var most = 10 * (rounds + 1);
        for (var contest = 0; unanswered < rounds && contest < most; contest++)
        {
            await ContendAsync(killed(unanswered), doubt, producers, earliest: 0);
        }

        Assert.That(unanswered, Is.EqualTo(rounds), "kills before any answer");
        if (Rounds.Given is null)
        {
            return;
        }

        for (var contest = 0; made == 0 && contest < most; contest++)
        {
            // The timer is made towards the end, and any other process that is asked would make it, too.
            await ContendAsync(killed(0), doubt, [killed(0)], earliest: 0.5);
        }

        Assert.That(made, Is.Positive, "kills before any answer, of one that had made the timer");
    }

    public async Task CheckAsync(string engines, TimeSpan budget)
    {
        await journal.DeliveredAsync(receiver, MaxWait);
        await TestContext.Out.WriteLineAsync(
            $"{keys} keys, {kills.Count} kills, {unanswered} before any answer, {made} of these when it had made the timer");
        var found = FaultReport.Check(
            $"(10) 50 contenders for a key, kill before the answer; in {made} rounds the timer was made",
            engines,
            unanswered,
            journal.Evidence(receiver, [.. kills]) with { Budget = budget });
        Assert.That(found.Acknowledged, Is.EqualTo(keys), "one timer a key");
    }

    /// <param name="killed">The process to kill.</param>
    /// <param name="doubt">What the kill leaves in doubt.</param>
    /// <param name="asked">The processes that are asked until then.</param>
    /// <param name="earliest">Earliest moment of the kill, as a fraction of the time from the requests to the first answer.</param>
    private async Task ContendAsync(ServiceProcess killed, Doubt doubt, IReadOnlyList<ServiceProcess> asked, double earliest)
    {
        // A contest without a kill opens the connections, and shows how soon the first answer comes.
        var key = NewKey();
        var watch = Stopwatch.StartNew();
        await Task.WhenAny(Ask(key, asked));
        var first = watch.Elapsed;
        await AgainAsync(key);

        key = NewKey();
        watch.Restart();
        var contenders = Ask(key, asked);
        var moment = (earliest + ((1 - earliest) * random.NextDouble())) * first;
        SpinWait.SpinUntil(() => watch.Elapsed >= moment || contenders.Exists(contender => contender.IsCompleted));
        if (contenders.Exists(contender => contender.IsCompleted))
        {
            await AgainAsync(key);
            return;
        }

        var killedAt = TimeProvider.System.GetUtcNow();
        await killed.KillAsync();
        var told = await Task.WhenAll(contenders);
        await killed.StartAsync();
        kills.Add(new Fault("kill", killedAt, TimeProvider.System.GetUtcNow(), doubt));

        // An answer may have been sent but not read yet: the killed process must not have answered anybody.
        var early = told.Where((each, i) => asked[i % asked.Count] == killed || each.At < killedAt);
        var nobody = early.All(each => each.Verdict != Verdict.Ok);

        // The instant tells whether the timer found afterwards was made before the kill; who made it is certain only if one process was
        // asked.
        var before = (await AgainAsync(key)).All(each => each.DueAt - Delay < killedAt);
        unanswered += nobody ? 1 : 0;
        made += nobody && before && asked.All(each => each == killed) ? 1 : 0;
    }

    private string NewKey()
    {
        keys++;
        return Guid.NewGuid().ToString("N");
    }

    private List<Task<Told>> Ask(string key, IReadOnlyList<ServiceProcess> asked) =>
        [.. Enumerable.Range(0, Contenders).Select(i => AskAsync(key, asked[i % asked.Count]))];

    private Task<Told> AskAsync(string key, ServiceProcess asked)
    {
        var client = producers.Index().First(each => each.Item == asked).Index;
        return journal.CreateAsync(new { url = receiver.At("/hook"), delay = XmlConvert.ToString(Delay) }, key, client);
    }

    /// <summary>Each contender repeats its request unchanged until it is answered.</summary>
    private Task<Told[]> AgainAsync(string key) => Task.WhenAll(Enumerable.Range(0, Contenders).Select(async i =>
    {
        Told told = null!;
        await Eventually.That(
            async () => (told = await AskAsync(key, producers[i % producers.Count])).Verdict == Verdict.Ok, MaxWait, "the key is answered");
        return told;
    }));
}
