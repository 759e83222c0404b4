using System.Text.Json;
using Contracts.Timers;
using Microsoft.AspNetCore.Http;
using Tests.Support;

namespace Tests.Producer;

/// <summary>GET of one timer, its attempts, lists of timers and their counts.</summary>
public sealed class ReadTimersTests : RestTests
{
    [Test]
    public async Task Get_of_a_waiting_timer_shows_what_is_left()
    {
        var created = await CreateAsync();

        var read = await GetAsync($"{Timers}/{created["id"]}");

        Assert.Multiple(() =>
        {
            Assert.That((read.Status, read.ETag, read["state"], read["attempts"]), Is.EqualTo((200, "\"1\"", "scheduled", "0")));
            Assert.That(read.Json.GetProperty("timeLeft").GetDouble(), Is.InRange(3_000, 3_600));
            Assert.That(read.Json.TryGetProperty("lastAttempt", out _), Is.False);
        });
    }

    [Test]
    public async Task Get_of_a_failed_timer_shows_its_last_attempt_and_attempts_show_all()
    {
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync(new string('é', 4_096));
        });
        var id = await CreateIdAsync(new { url = receiver.At("/fails"), delay = "PT0S", retry = new { delays = new[] { "PT0.001S" } } });
        await StateBecomesAsync(id, "failed");

        var read = (await GetAsync($"{Timers}/{id}")).Json;
        var attempts = (await GetAsync($"{Timers}/{id}/attempts")).Json.GetProperty("items");

        var last = read.GetProperty("lastAttempt");
        Assert.Multiple(() =>
        {
            Assert.That(read.GetProperty("attempts").GetInt32(), Is.EqualTo(2));
            Assert.That(read.GetProperty("timeLeft").GetDouble(), Is.Zero);
            Assert.That(read.TryGetProperty("finishedAt", out _), Is.True);
            Assert.That((last.GetProperty("attempt").GetInt32(), last.GetProperty("status").GetInt32()), Is.EqualTo((2, 500)));
            Assert.That(last.GetProperty("latencyMs").GetDouble(), Is.Positive);
            Assert.That(last.GetProperty("latenessMs").GetDouble(), Is.Not.Negative);
            Assert.That(last.GetProperty("error").GetString(), Is.Not.Empty);
            Assert.That(last.GetProperty("response").GetString(), Is.EqualTo(new string('é', 2_048)), "the first 4 KiB");
            Assert.That(attempts.EnumerateArray().Select(item => item.GetProperty("attempt").GetInt32()), Is.EqualTo([1, 2]));
        });
    }

    [Test]
    public async Task Attempts_of_a_timer_without_any_are_empty() =>
        Assert.That((await GetAsync($"{Timers}/{await CreateIdAsync()}/attempts")).Text, Is.EqualTo("""{"items":[]}"""));

    [TestCase("")]
    [TestCase("/attempts")]
    public async Task Get_of_an_unknown_timer_answers_404_and_of_a_bad_id_400(string suffix)
    {
        (await GetAsync($"{Timers}/{Guid.CreateVersion7()}{suffix}")).AssertProblem(404);
        foreach (var id in new[] { "a%20b", "a%2Fb", "%C3%A4", "a%0Ab", new string('x', 129) })
        {
            (await GetAsync($"{Timers}/{id}{suffix}")).AssertWrong("id");
        }
    }

    [Test]
    public async Task List_goes_through_all_of_a_tag_newest_first_in_pages()
    {
        var created = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            created.Insert(0, await CreateIdAsync(new { url = Target, delay = "PT1H", tags = new[] { "pages" } }));
        }

        var listed = new List<string>();
        var path = $"{Timers}?tag=pages&limit=3";
        for (var next = ""; next is not null;)
        {
            var page = await GetAsync(path + next);
            var items = page.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!).ToList();
            Assert.That(items, Has.Count.LessThanOrEqualTo(3));
            listed.AddRange(items);
            next = page.Json.TryGetProperty("next", out var cursor) ? $"&cursor={cursor.GetString()}" : null;
        }

        Assert.That(listed, Is.EqualTo(created));
    }

    [Test]
    public async Task List_holds_all_conditions_together()
    {
        var early = await CreateIdAsync(new { url = Target, dueAt = "2031-01-01T00:00:00Z", tags = new[] { "both", "&=é" } });
        var late = await CreateIdAsync(new { url = Target, dueAt = "2031-01-02T00:00:00Z", tags = new[] { "both" } });
        await PostAsync($"{Timers}/{late}/pause");

        Assert.Multiple(async () =>
        {
            Assert.That(await ListAsync("tag=both"), Is.EqualTo([late, early]));
            Assert.That(await ListAsync("tag=both&state=paused"), Is.EqualTo([late]));
            Assert.That(await ListAsync("tag=%26%3D%C3%A9"), Is.EqualTo([early]));
            Assert.That(
                await ListAsync("dueFrom=2031-01-01T00:00:00Z&dueTo=2031-01-02T00:00:00Z"), Is.EqualTo([early]), "from is in, to is not");
            Assert.That(await ListAsync("dueFrom=2031-01-01T02:00:00%2B02:00&tag=both"), Is.EqualTo([late, early]));
            Assert.That(await ListAsync("dueFrom=2031-01-01T02:00:00+02:00&tag=both"), Is.EqualTo([late, early]), "an unescaped plus");
            Assert.That(await ListAsync("tag=both&state=failed"), Is.Empty);
            Assert.That(
                await ListAsync("tag=both&dueFrom=0001-01-01T00:00:00Z&dueTo=9999-12-31T23:59:59.9999999Z"), Is.EqualTo([late, early]));
        });
    }

    [TestCase("state=Scheduled", "state")]
    [TestCase("state=", "state")]
    [TestCase("tag=", "tag")]
    [TestCase("dueFrom=yesterday", "dueFrom")]
    [TestCase("dueTo=2031-01-01", "dueTo")]
    [TestCase("dueFrom=2031-01-02T00:00:00Z&dueTo=2031-01-01T00:00:00Z", "dueTo")]
    [TestCase("cursor=zz", "cursor")]
    [TestCase("cursor=0", "cursor")]
    [TestCase("cursor=ffffffffffffffff", "cursor")]
    [TestCase("limit=0", "limit")]
    [TestCase("limit=1001", "limit")]
    [TestCase("limit=-1", "limit")]
    [TestCase("limit=1e2", "limit")]
    [TestCase("limit=99999999999", "limit")]
    [TestCase("limit=1&limit=2", "limit")]
    public async Task List_with_a_wrong_condition_names_it(string query, string field) =>
        (await GetAsync($"{Timers}?{query}")).AssertWrong(field);

    [Test]
    public async Task List_with_several_wrong_conditions_names_all()
    {
        var answer = await GetAsync($"{Timers}?state=x&tag={new string('t', 65)}&dueFrom=x&dueTo=x&cursor=x&limit=x");

        string[] wrong = ["state", "tag", "dueFrom", "dueTo", "cursor", "limit"];
        Assert.That(answer.WrongFields, Is.EquivalentTo(wrong));
    }

    [Test]
    public async Task Stats_follow_every_change_and_name_every_state()
    {
        var before = await StatsAsync();
        var id = await CreateIdAsync();
        await CreateIdAsync();
        await PostAsync($"{Timers}/{id}/pause");

        var after = await StatsAsync();

        Assert.That((after["scheduled"] - before["scheduled"], after["paused"] - before["paused"]), Is.EqualTo((1, 1)));
        Assert.That(after.Keys, Is.EquivalentTo(Enum.GetValues<TimerState>().Select(global::Producer.Timers.TimerResource.StateName)));
    }

    private async Task<Dictionary<string, long>> StatsAsync()
    {
        var stats = (await GetAsync($"{Timers}/stats")).Json;
        var states = stats.GetProperty("states").Deserialize<Dictionary<string, long>>()!;
        Assert.That(stats.GetProperty("total").GetInt64(), Is.EqualTo(states.Values.Sum()));
        return states;
    }

    private async Task<IEnumerable<string?>> ListAsync(string query)
    {
        var answer = await GetAsync($"{Timers}?{query}");
        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        return answer.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString());
    }
}
