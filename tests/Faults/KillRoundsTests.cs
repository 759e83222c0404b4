using Tests.Support;

namespace Tests.Faults;

/// <summary>kill -9 at random moments, round after round on the same data, while clients create, cancel and move timers.</summary>
[Category(FaultReport.Category)]
[Parallelizable]
public sealed class KillRoundsTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(90);

    [Test]
    public async Task Kills_at_random_moments_break_no_promise_of_the_embedded_program()
    {
        await using var receiver = await Receiver.StartAsync(Clients.AnswerAsync);
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var journal = new Journal(standalone.Http);
        var random = new Random(1);
        var kills = new List<Fault>();
        for (var round = 0; round < Rounds.Embedded; round++)
        {
            var owed = journal.Count + random.Next(50, 500);
            var killedAt = await Clients.DuringAsync(journal, receiver, async () =>
            {
                await Eventually.That(() => journal.Count >= owed, MaxWait, "creates flow");
                var now = TimeProvider.System.GetUtcNow();
                await standalone.KillAsync();
                return now;
            });
            await standalone.StartAsync();
            await journal.SeeAllAsync();
            kills.Add(new Fault("kill", killedAt, TimeProvider.System.GetUtcNow()));
        }

        await journal.DeliveredAsync(receiver, MaxWait);
        await Clients.EndedAsync(journal, receiver, standalone.Http, MaxWait);
        FaultReport.Check("(1) kill -9 under creates, cancels and moves", "embedded", kills.Count, journal.Evidence(receiver, [.. kills]));
    }
}
