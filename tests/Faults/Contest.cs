using System.Diagnostics;
using System.Xml;
using Tests.Support;

namespace Tests.Faults;

/// <summary>
/// Fifty contenders for one Idempotency-Key, and a process that is killed before any of them is answered. Whoever was not answered asks
/// again.
/// </summary>
/// <param name="producers">Those asked, in turn.</param>
/// <param name="receiver">Tells one key from another by its mark.</param>
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
    /// Contests until as many kills as wanted came before every answer; some contests are over too soon. In the long version until one of
    /// these
    /// kills came when the one that was killed had made the timer: that is the hard half, and in a few rounds it need not happen.
    /// </summary>
    /// <param name="rounds">How many, at least.</param>
    /// <param name="killed">Whom each of them kills; the first has to be one that is asked.</param>
    /// <param name="doubt">Whether that one sends, and so may send again.</param>
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
            // It is made towards the end, and another one that is asked would make it, too.
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

    /// <param name="killed">Whom it kills.</param>
    /// <param name="doubt">What that leaves.</param>
    /// <param name="asked">Those who are asked until then.</param>
    /// <param name="earliest">From where on, between the requests' sending and the first answer.</param>
    private async Task ContendAsync(ServiceProcess killed, Doubt doubt, IReadOnlyList<ServiceProcess> asked, double earliest)
    {
        // A contest without a kill opens the connections, and shows how soon the first is answered.
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

        // An answer may have been sent and not yet read: the one that was killed must not have answered anybody.
        var early = told.Where((each, i) => asked[i % asked.Count] == killed || each.At < killedAt);
        var nobody = early.All(each => each.Verdict != Verdict.Ok);

        // One that was made before the kill is the one that is found again, by its instant: and by whom, where only one was asked.
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

    /// <summary>Each repeats the request as it was, until it is answered.</summary>
    private Task<Told[]> AgainAsync(string key) => Task.WhenAll(Enumerable.Range(0, Contenders).Select(async i =>
    {
        Told told = null!;
        await Eventually.That(
            async () => (told = await AskAsync(key, producers[i % producers.Count])).Verdict == Verdict.Ok, MaxWait, "the key is answered");
        return told;
    }));
}
