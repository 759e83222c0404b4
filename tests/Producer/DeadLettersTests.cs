using System.Text;
using System.Text.Json;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Dead letters over REST: listed, inspected, edited, replayed, deleted.</summary>
public sealed class DeadLettersTests : RestTests
{
    private const string Letters = "/api/v1/dead-letters";
    private static readonly Guid Epoch = Guid.NewGuid();
    private static long next;

    private IDeadLetterStore Store => App.Services.GetRequiredService<IDeadLetterStore>();

    [Test]
    public async Task A_letter_is_listed_without_its_content_and_read_with_it()
    {
        var timer = ATimer.New().Build();
        var letter = await AddAsync(JsonOf(timer));

        var list = await GetAsync($"{Letters}?topic=timers&state=open&limit=1000");
        var one = await GetAsync($"{Letters}/{letter.Id}");

        var listed = list.Json.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("id").GetString() == letter.Id);
        Assert.That(listed.TryGetProperty("content", out _), Is.False);
        Assert.That(
            (one["state"], one["reason"], one["type"], one["key"]), Is.EqualTo(("open", "It does not compute.", "timer.scheduled", "key")));
        Assert.That(one.Json.GetProperty("content").GetProperty("timerId").GetGuid(), Is.EqualTo(timer.TimerId));
        Assert.That(one.Json.GetProperty("position").GetProperty("offset").GetInt64(), Is.EqualTo(letter.Position.Offset));
    }

    [Test]
    public async Task A_letter_that_is_no_JSON_shows_its_bytes()
    {
        var letter = await AddAsync([0x7b, 0xff]);

        var one = await GetAsync($"{Letters}/{letter.Id}");

        Assert.That(Convert.FromBase64String(one["contentBase64"]), Is.EqualTo(new byte[] { 0x7b, 0xff }));
    }

    [Test]
    public async Task A_letter_that_was_edited_and_replayed_makes_its_timer()
    {
        var timer = ATimer.New().Build();
        var letter = await AddAsync("nonsense"u8.ToArray(), key: KeyOf(timer));
        (await PostAsync($"{Letters}/{letter.Id}/replay")).AssertProblem(409);

        var edited = await PatchAsync($"{Letters}/{letter.Id}", $$"""{"content": {{Encoding.UTF8.GetString(JsonOf(timer))}}}""");
        var replayed = await PostAsync($"{Letters}/{letter.Id}/replay", null, ("If-Match", edited.ETag!));

        Assert.That((edited.Status, replayed.Status), Is.EqualTo((200, 200)), replayed.Text);
        Assert.That((replayed["state"], replayed["replays"]), Is.EqualTo(("replayed", "1")));
        Assert.That((await GetAsync($"{Timers}/{timer.TimerId}")).Status, Is.EqualTo(200));
        (await PostAsync($"{Letters}/{letter.Id}/replay")).AssertProblem(409);
        (await PatchAsync($"{Letters}/{letter.Id}", """{"content": {}}""")).AssertProblem(409);
    }

    [Test]
    public async Task An_edit_keeps_the_key_so_that_the_message_stays_the_same_timers()
    {
        var (timer, other) = (ATimer.New().Build(), ATimer.New().Build());
        var letter = await AddAsync(JsonOf(timer), key: KeyOf(timer));

        var edited = await PatchAsync($"{Letters}/{letter.Id}", $$"""{"content": {{Encoding.UTF8.GetString(JsonOf(other))}}}""");

        edited.AssertWrong("content");
        Assert.That((await Store.FindAsync(letter.Tenant, letter.Id, default))!.Content.ToArray(), Is.EqualTo(JsonOf(timer)));
    }

    [TestCase("""{"content": {"timerId": 1}}""", "content")]
    [TestCase("""{"content": null}""", "content")]
    [TestCase("""{}""", "content")]
    [TestCase("""{"content": {}, "reason": "mine"}""", "reason")]
    public async Task An_edit_that_is_no_message_of_its_type_is_refused(string body, string field)
    {
        var letter = await AddAsync("nonsense"u8.ToArray());

        (await PatchAsync($"{Letters}/{letter.Id}", body)).AssertWrong(field);

        Assert.That((await Store.FindAsync(letter.Tenant, letter.Id, default))!.Version, Is.EqualTo(1));
    }

    [Test]
    public async Task An_edit_is_no_way_round_the_rules_for_timers()
    {
        var timer = ATimer.New().Build();
        var letter = await AddAsync(JsonOf(timer), key: KeyOf(timer));
        var broken = timer with
        {
            Spec = timer.Spec with
            {
                Url = new Uri("ftp://127.0.0.1/"),
                Method = "TRACE",
                Headers = new Dictionary<string, string> { ["A"] = "evil\r\nX-Other: y", ["Host"] = "elsewhere" },
                Retry = new RetryPolicy { Factor = 0 },
                Timeout = TimeSpan.FromHours(1),
            },
        };

        var edited = await PatchAsync($"{Letters}/{letter.Id}", $$"""{"content": {{Encoding.UTF8.GetString(JsonOf(broken))}}}""");

        edited.AssertProblem(400);
        Assert.That(edited.WrongFields, Is.EquivalentTo((string[])[
            "content.spec.url", "content.spec.method", "content.spec.headers.A", "content.spec.headers.Host", "content.spec.retry.factor",
            "content.spec.timeout"]));
        Assert.That((await Store.FindAsync(letter.Tenant, letter.Id, default))!.Content.ToArray(), Is.EqualTo(JsonOf(timer)));
    }

    [Test]
    public async Task What_a_letter_broke_before_an_edit_may_stay()
    {
        var timer = ATimer.New().Build();
        timer = timer with { Spec = timer.Spec with { Headers = new Dictionary<string, string> { ["timer-mine"] = "x" } } };
        var letter = await AddAsync(JsonOf(timer), key: KeyOf(timer));
        var mended = timer with { Spec = timer.Spec with { Method = "PUT" } };

        var edited = await PatchAsync($"{Letters}/{letter.Id}", $$"""{"content": {{Encoding.UTF8.GetString(JsonOf(mended))}}}""");

        Assert.That(edited.Status, Is.EqualTo(200), edited.Text);
    }

    [Test]
    public async Task A_letter_that_changed_meanwhile_is_left_alone()
    {
        var letter = await AddAsync(JsonOf(ATimer.New().Build()));

        foreach (var answer in new[]
        {
            await DeleteAsync($"{Letters}/{letter.Id}", ("If-Match", "\"7\"")),
            await PostAsync($"{Letters}/{letter.Id}/replay", null, ("If-Match", "\"7\"")),
        })
        {
            answer.AssertProblem(412);
        }
    }

    [Test]
    public async Task A_letter_that_is_deleted_is_gone()
    {
        var letter = await AddAsync("x"u8.ToArray());

        Assert.That((await DeleteAsync($"{Letters}/{letter.Id}")).Status, Is.EqualTo(204));

        (await GetAsync($"{Letters}/{letter.Id}")).AssertProblem(404);
        (await DeleteAsync($"{Letters}/{letter.Id}")).AssertProblem(404);
        (await PostAsync($"{Letters}/{letter.Id}/replay")).AssertProblem(404);
    }

    [Test]
    public async Task Pages_go_through_all_letters_once()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await AddAsync("x"u8.ToArray(), topic: "paged")).Id);
        }

        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await GetAsync($"{Letters}?topic=paged&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}")).Json;
            found.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }
        while (cursor is not null);

        Assert.That(found, Is.EqualTo(Enumerable.Reverse(ids)));
    }

    [TestCase("state=dead", "state")]
    [TestCase("cursor=x", "cursor")]
    [TestCase("limit=0", "limit")]
    [TestCase("limit=1001", "limit")]
    public async Task A_condition_that_cannot_be_is_named(string query, string field) =>
        (await GetAsync($"{Letters}?{query}")).AssertWrong(field);

    private static byte[] JsonOf(TimerScheduled timer) => JsonSerializer.SerializeToUtf8Bytes(timer, TimersJson.Default.TimerScheduled);

    private static string KeyOf(TimerScheduled timer) => TimerMessages.Scheduled.KeyOf(timer);

    private async Task<DeadLetter> AddAsync(byte[] content, string topic = "timers", string key = "key")
    {
        var position = new LogPosition(Epoch, 0, Interlocked.Increment(ref next));
        var letter = new DeadLetter
        {
            Id = DeadLetter.IdOf(topic, position),
            Topic = topic,
            Type = TimerMessages.Scheduled.Name,
            Key = key,
            Content = content,
            Position = position,
            Reason = "It does not compute.",
            DiedAt = TimeProvider.System.GetUtcNow(),
        };
        await Store.AddAsync(letter, default);
        return letter;
    }
}
