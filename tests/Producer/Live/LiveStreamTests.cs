using Contracts.Live;
using Producer.Live;
using Tests.Support;

namespace Tests.Producer.Live;

/// <summary>Server-sent events: snapshot, changes as they are now, replay, comments, and what slow clients cost.</summary>
public sealed class LiveStreamTests
{
    private static readonly LiveFilter Everything = new(null, null);

    private LiveParts parts = null!;

    [SetUp]
    public void Start() => parts = new LiveParts();

    [TearDown]
    public void Stop() => parts.Dispose();

    [Test]
    public async Task A_snapshot_in_pages_comes_first_then_each_change_with_its_position()
    {
        foreach (var key in new[] { "a", "b", "c" })
        {
            parts.Stored[key] = "1";
        }

        await using var events = parts.Connect(Everything);
        var (first, last) = (await events.NextAsync(), await events.NextAsync());
        await parts.ChangeAsync("b", "2");
        var change = await events.NextAsync();

        Assert.That((first.Name, IdsOf(first), first.Json.GetProperty("more").GetBoolean(), first.Id),
            Is.EqualTo(("snapshot", "a,b", true, (string?)null)));
        Assert.That((last.Name, IdsOf(last), last.Json.GetProperty("more").GetBoolean()), Is.EqualTo(("snapshot", "c", false)));
        Assert.That((change.Name, change.Data), Is.EqualTo(("change", """{"id":"b","value":"2"}""")));
        Assert.That(last.Id, Is.Not.Null.And.Not.EqualTo(change.Id));
        Assert.That(change.Id, Is.Not.Null);
    }

    [Test]
    public async Task A_key_is_watched_by_itself_also_before_it_exists_and_when_it_is_gone()
    {
        await using var events = parts.Connect(new LiveFilter("k", null));
        Assert.That(IdsOf(await events.NextAsync()), Is.Empty);

        await parts.ChangeAsync("other", "1");
        await parts.ChangeAsync("k", "1");
        var change = await events.NextAsync();
        parts.Stored.Clear();
        await parts.NoteAsync(new LiveNotice(["k"]));
        var gone = await events.NextAsync();

        Assert.That((change.Name, change.Json.GetProperty("id").GetString()), Is.EqualTo(("change", "k")));
        Assert.That((gone.Name, gone.Data), Is.EqualTo(("gone", """{"id":"k"}""")));
        Assert.That(parts.Reads, Has.None.Contains("other"), "nobody watches that");
    }

    [Test]
    public async Task A_group_is_told_of_its_own_and_of_what_leaves_it()
    {
        parts.Stored["a"] = "red/1";
        parts.Stored["b"] = "blue/1";
        await using var events = parts.Connect(new LiveFilter(null, "red"));
        Assert.That(IdsOf(await events.NextAsync()), Is.EqualTo("a"));

        await parts.ChangeAsync("b", "blue/2");
        await parts.ChangeAsync("a", "red/2");
        Assert.That((await events.NextAsync()).Data, Is.EqualTo("""{"id":"a","value":"red/2"}"""));
        await parts.ChangeAsync("a", "blue/3", "red");
        var left = await events.NextAsync();

        Assert.That((left.Name, left.Data), Is.EqualTo(("gone", """{"id":"a"}""")));
    }

    [Test]
    public async Task A_group_is_told_nothing_of_what_was_never_in_it_and_is_changed_regrouped_or_erased()
    {
        parts.Stored["a"] = "red/1";
        parts.Stored["b"] = "blue/1";
        parts.Stored["c"] = "green/1";
        await using var events = parts.Connect(new LiveFilter(null, "red"));
        await events.NextAsync();

        await parts.ChangeAsync("b", "green/1", "blue");
        parts.Stored.Remove("c", out _);
        await parts.NoteAsync(LiveParts.Left("c", "green"));
        await parts.NoteAsync(LiveParts.Left("unknown"));
        parts.Stored.Remove("a", out _);
        await parts.NoteAsync(LiveParts.Left("a", "red"));
        var next = await events.NextAsync();

        Assert.That((next.Name, next.Data), Is.EqualTo(("gone", """{"id":"a"}""")), "of others there is nothing to tell");
    }

    [Test]
    public async Task A_group_is_told_of_what_may_have_left_it_by_a_release_that_does_not_name_groups()
    {
        parts.Stored["a"] = "red/1";
        await using var events = parts.Connect(new LiveFilter(null, "red"));
        await events.NextAsync();

        parts.Stored["a"] = "blue/1";
        await parts.NoteAsync(new LiveNotice(["a"], Regrouped: ["a"]));

        Assert.That((await events.NextAsync()).Name, Is.EqualTo("gone"));
    }

    [Test]
    public async Task Who_comes_back_is_told_what_has_changed_since_and_no_snapshot()
    {
        parts.Stored["a"] = "1";
        string? position;
        await using (var events = parts.Connect(Everything))
        {
            position = (await events.NextAsync()).Id;
        }

        await parts.ChangeAsync("a", "2");
        await parts.ChangeAsync("b", "1");
        await parts.ChangeAsync("a", "3");
        await using var again = parts.Connect(Everything, position);

        // The reader of the first stream may still be there, and behind: then a comment comes first, and changes as they are read.
        var first = await again.NextAsync();
        var isBehind = first.Name == ServerEvent.Comment;
        var missed = new[] { isBehind ? await again.NextAsync() : first, await again.NextAsync() };

        Assert.That(missed.Select(each => each.Name), Is.All.EqualTo("change"));
        Assert.That(
            missed.Select(each => each.Data),
            Is.EquivalentTo(new[] { """{"id":"a","value":"3"}""", """{"id":"b","value":"1"}""" }), "as they are now, each once");
        Assert.That(missed[0].Id is null || isBehind, Is.True, "the position comes with the last one");
        Assert.That(missed[1].Id, Is.Not.Null);

        await using var third = parts.Connect(Everything, missed[1].Id);
        Assert.That((await third.NextAsync()).Name, Is.EqualTo(ServerEvent.Comment), "nothing was missed");
        await parts.ChangeAsync("a", "4");
        Assert.That((await third.NextAsync()).Data, Is.EqualTo("""{"id":"a","value":"4"}"""));
    }

    [TestCase("nonsense")]
    [TestCase("0-0")]
    [TestCase("")]
    public async Task An_unknown_position_is_answered_with_a_snapshot(string position)
    {
        parts.Stored["a"] = "1";
        await using var events = parts.Connect(Everything, position);

        Assert.That((await events.NextAsync()).Name, Is.EqualTo("snapshot"));
    }

    [Test]
    public async Task After_a_gap_watchers_of_many_get_a_snapshot_and_watchers_of_a_key_its_state()
    {
        parts.Stored["a"] = "1";
        await using var many = parts.Connect(Everything);
        await using var one = parts.Connect(new LiveFilter("a", null));
        await many.NextAsync();
        await one.NextAsync();

        parts.Stored["a"] = "2";
        await parts.NoteAsync(new LiveNotice(Keys: null));

        Assert.That((await one.NextAsync()).Data, Is.EqualTo("""{"id":"a","value":"2"}"""));
        await parts.Clock.AdvanceUntilAsync(many);
        var snapshot = await many.NextAsync(next => next.Name != ServerEvent.Comment);
        Assert.That((snapshot.Name, snapshot.Data), Is.EqualTo(("snapshot", """{"items":[{"id":"a","value":"2"}],"more":false}""")));
    }

    [Test]
    public async Task Every_15_seconds_there_is_a_comment_with_the_position()
    {
        await using var events = parts.Connect(new LiveFilter("a", null));
        var begin = await events.NextAsync();
        await parts.ChangeAsync("other", "1");
        await Eventually.That(() => parts.Watchers == 1, TimeSpan.FromSeconds(10), "the feed is read");
        Assert.That(events.IsAnyWaiting, Is.False);

        await parts.Clock.AdvanceUntilAsync(events);
        var beat = await events.NextAsync();

        Assert.That((beat.Name, beat.Data), Is.EqualTo((ServerEvent.Comment, string.Empty)));
        Assert.That(beat.Id, Is.Not.Null.And.Not.EqualTo(begin.Id), "who comes back need not replay what does not concern it");
    }

    [Test]
    public async Task A_hundred_clients_share_one_reader_and_one_read_and_without_clients_nothing_is_read()
    {
        var clients = Enumerable.Range(0, 100).Select(_ => parts.Connect(Everything)).ToList();
        foreach (var client in clients)
        {
            await client.NextAsync();
        }

        Assert.That(parts.Watchers, Is.EqualTo(1));
        await parts.ChangeAsync("a", "1");
        foreach (var client in clients)
        {
            Assert.That((await client.NextAsync()).Data, Is.EqualTo("""{"id":"a","value":"1"}"""));
            await client.DisposeAsync();
        }

        Assert.That(parts.Reads, Is.EqualTo(new[] { "a" }));
        await Eventually.That(() => parts.Watchers == 0, TimeSpan.FromSeconds(10), "nobody reads any more");
        await parts.ChangeAsync("a", "2");
        Assert.That(parts.Reads, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_store_that_does_not_answer_delays_changes_and_loses_none()
    {
        await using var events = parts.Connect(new LiveFilter("a", null));
        await events.NextAsync();
        parts.IsStoreDown = true;
        await parts.ChangeAsync("a", "1");
        await parts.Clock.AdvanceUntilAsync(events);
        Assert.That((await events.NextAsync()).Name, Is.EqualTo(ServerEvent.Comment));

        parts.IsStoreDown = false;
        await parts.Clock.AdvanceUntilAsync(events);

        Assert.That((await events.NextAsync()).Data, Is.EqualTo("""{"id":"a","value":"1"}"""));
    }

    [Test]
    public async Task A_snapshot_that_the_store_does_not_answer_is_made_up_for()
    {
        parts.Stored["a"] = "1";
        await using var events = parts.Connect(Everything);
        await events.NextAsync();
        parts.IsStoreDown = true;
        parts.Stored["a"] = "2";
        await parts.NoteAsync(new LiveNotice(Keys: null));
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(10);
            parts.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        parts.IsStoreDown = false;
        await parts.Clock.AdvanceUntilAsync(events);

        var snapshot = await events.NextAsync(next => next.Name != ServerEvent.Comment);
        Assert.That(snapshot.Data, Is.EqualTo("""{"items":[{"id":"a","value":"2"}],"more":false}"""));
    }

    [Test]
    public async Task Streams_end_when_the_service_stops()
    {
        await using var events = parts.Connect(Everything);
        await events.NextAsync();

        parts.Lifetime.StopApplication();

        await events.Ended.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task What_changes_with_the_time_is_told_without_a_change_and_what_does_not_is_told_once()
    {
        parts.Refresh = TimeSpan.FromSeconds(15);
        parts.Stored["k"] = "1";
        await using var events = parts.Connect(new LiveFilter("k", null));
        Assert.That(IdsOf(await events.NextAsync()), Is.EqualTo("k"));
        await parts.ChangeAsync("k", "2");
        Assert.That((await events.NextAsync()).Data, Is.EqualTo("""{"id":"k","value":"2"}"""));

        parts.Stored["k"] = "3";
        ServerEvent next;
        do
        {
            await parts.Clock.AdvanceUntilAsync(events);
            next = await events.NextAsync();
        }
        while (next.Name == ServerEvent.Comment);
        Assert.That((next.Name, next.Data), Is.EqualTo(("change", """{"id":"k","value":"3"}""")));

        for (var i = 0; i < 3; i++)
        {
            await parts.Clock.AdvanceUntilAsync(events);
            Assert.That((await events.NextAsync()).Name, Is.EqualTo(ServerEvent.Comment), "nothing is new");
        }
    }

    [Test]
    public void A_slow_client_holds_the_last_state_of_each_key_and_of_too_many_keys_nothing()
    {
        var client = new LiveClient(Everything);
        for (var round = 0; round < 100; round++)
        {
            client.Offer(
                Enumerable.Range(0, LiveClient.MaxWaiting).Select(i => (ValueOf($"{i}", round), LeftGroups.None)), false, $"{round}");
        }

        var (values, isOverrun, position) = client.Take();
        Assert.That((values.Count, isOverrun, position), Is.EqualTo((LiveClient.MaxWaiting, false, "99")));
        Assert.That(values.Select(value => value.Json.Span[0]), Is.All.EqualTo((byte)99));

        client.Offer(Enumerable.Range(0, LiveClient.MaxWaiting + 1).Select(i => (ValueOf($"{i}", 1), LeftGroups.None)), false, "100");
        client.Offer([(ValueOf("x", 1), LeftGroups.None)], false, "101");

        (values, isOverrun, position) = client.Take();
        Assert.That((values.Count, isOverrun, position), Is.EqualTo((0, true, "101")), "all of it is to be read anew");
        Assert.That(client.Take().IsOverrun, Is.False);

        static LiveValue ValueOf(string key, int round) => new(key, new[] { (byte)round }, []);
    }

    private static string IdsOf(ServerEvent snapshot) =>
        string.Join(',', snapshot.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()));
}
