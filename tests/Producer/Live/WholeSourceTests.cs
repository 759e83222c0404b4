using Contracts.Live;
using Producer.Live;
using Tests.Support;

namespace Tests.Producer.Live;

/// <summary>Sources that one value tells, and that are read at a pace of their own.</summary>
public sealed class WholeSourceTests
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private LiveParts parts = null!;

    [SetUp]
    public void Start()
    {
        parts = new LiveParts { IsWhole = true, Pace = Pace };
        parts.Stored["tests"] = "0";
    }

    [TearDown]
    public void Stop() => parts.Dispose();

    [Test]
    public async Task Whatever_has_changed_within_a_pause_is_one_read_for_all_clients_and_one_event_for_each()
    {
        const int Clients = 50;
        var clients = new List<ServerEvents>();
        for (var i = 0; i < Clients; i++)
        {
            clients.Add(parts.Connect(new LiveFilter(null, null)));
            Assert.That((await clients[i].NextAsync()).Name, Is.EqualTo("snapshot"));
        }

        var before = parts.Reads.Count;
        await ChangeAsync("first", "1");
        foreach (var client in clients)
        {
            Assert.That((await client.NextAsync()).Data, Does.Contain("\"1\""));
        }

        for (var i = 2; i <= 10; i++)
        {
            await ChangeAsync($"k{i}", $"{i}");
        }

        Assert.That(clients.Exists(client => client.IsAnyWaiting), Is.False, "the pause has not passed");
        var pauses = await AdvanceAsync(clients[^1]);
        foreach (var client in clients)
        {
            Assert.That((await client.NextAsync()).Data, Does.Contain("\"10\""));
        }

        var reads = parts.Reads.Skip(before).ToList();
        Assert.That(reads, Has.All.EqualTo("tests"), "by its own name, whatever the keys");
        Assert.That(reads, Has.Count.InRange(2, 1 + pauses), "one for each pause that has passed, whatever the clients");
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Test]
    public async Task After_a_gap_it_is_read_once_and_not_by_each_client()
    {
        await using var one = parts.Connect(new LiveFilter(null, null));
        await using var other = parts.Connect(new LiveFilter(null, null));
        await one.NextAsync();
        await other.NextAsync();
        var before = parts.Reads.Count;
        parts.Stored["tests"] = "2";

        await parts.NoteAsync(new LiveNotice(Keys: null));

        Assert.That(((await one.NextAsync()).Name, (await other.NextAsync()).Name), Is.EqualTo(("change", "change")));
        Assert.That(parts.Reads.Skip(before), Is.EqualTo(new[] { "tests" }));
    }

    private Task ChangeAsync(string key, string value)
    {
        parts.Stored["tests"] = value;
        return parts.NoteAsync(new LiveNotice([key]));
    }

    /// <summary>Turns the clock, pause by pause, until a client is told something.</summary>
    /// <returns>How many pauses that took.</returns>
    private async Task<int> AdvanceAsync(ServerEvents client)
    {
        var pauses = 0;
        await Eventually.That(
            () =>
            {
                if (!client.IsAnyWaiting)
                {
                    parts.Clock.Advance(Pace);
                    pauses++;
                }

                return client.IsAnyWaiting;
            },
            TimeSpan.FromSeconds(20),
            "it is told");
        return pauses;
    }
}
