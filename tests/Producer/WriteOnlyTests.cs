using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Timers;
using Microsoft.Extensions.DependencyInjection;
using Producer.Timers;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Credentials of timers are never shown again, and a masked value that is sent back means "keep".</summary>
public sealed class WriteOnlyTests : RestTests
{
    private const string Letters = "/api/v1/dead-letters";
    private const string Planted = "planted-5up3r";
    private const string Shown = Target + "?order=17&token=********";

    private static readonly object Request = new
    {
        url = $"{Target}?order=17&token={Planted}-url",
        delay = "PT1H",
        headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {Planted}", ["X-Shop"] = "north" },
        tags = new[] { "write-only" },
    };

    private ITimerStore Store => App.Services.GetRequiredService<ITimerStore>();

    private TimerSecrets Secrets => App.Services.GetRequiredService<TimerSecrets>();

    [Test]
    public async Task Neither_answers_nor_the_store_show_them()
    {
        var created = await CreateAsync(Request);
        var id = created["id"];
        var shown = await new TimerLive(Store).ReadAsync(Tenant.Default, [id], _ => true, default);
        Assert.That(Encoding.UTF8.GetString(shown[0].Json.Span), Does.Not.Contain("planted").And.Contain("token=********"), "live");
        Answer[] answers =
        [
            created, await GetAsync($"{Timers}/{id}"), await GetAsync($"{Timers}?tag=write-only"),
            await PostAsync($"{Timers}/{id}/pause"), await PatchAsync($"{Timers}/{id}", new { tags = new[] { "write-only", "b" } }),
            await PostAsync($"{Timers}/{id}/cancel"), await GetAsync("/api/v1/audit"), await GetAsync($"{Timers}/{id}/attempts"),
        ];

        Assert.That(answers.Select(answer => answer.Text), Has.None.Contains("planted"));
        Assert.That(created["url"], Is.EqualTo(Shown));
        Assert.That(created.Json.GetProperty("headers").GetProperty("Authorization").GetString(), Is.EqualTo("********"));
        Assert.That(created.Json.GetProperty("headers").GetProperty("X-Shop").GetString(), Is.EqualTo("north"));
        var stored = JsonSerializer.Serialize((await RowAsync(id)).Spec, TimersJson.Default.TimerSpec);
        Assert.That(stored, Does.Not.Contain("planted"));
        Assert.That((await OpenedAsync(id)).Headers!["Authorization"], Is.EqualTo($"Bearer {Planted}"));
    }

    [Test]
    public async Task What_is_sent_back_masked_is_kept()
    {
        var id = await CreateIdAsync(Request);

        // The resource as it was read, with one value changed.
        var changed = await PatchAsync($"{Timers}/{id}", new
        {
            url = Target + "/new?token=********&order=18",
            headers = new Dictionary<string, string?> { ["authorization"] = "********", ["X-Shop"] = null, ["X-Night"] = "1" },
        });

        Assert.That(changed.Status, Is.EqualTo(200), changed.Text);
        Assert.That(changed["url"], Is.EqualTo(Target + "/new?token=********&order=18"));
        var opened = await OpenedAsync(id);
        Assert.That(opened.Url.OriginalString, Is.EqualTo($"{Target}/new?token={Planted}-url&order=18"));
        Assert.That(opened.Headers, Is.EqualTo(
            new Dictionary<string, string> { ["authorization"] = $"Bearer {Planted}", ["X-Night"] = "1" }));
    }

    [Test]
    public async Task A_header_that_is_not_named_stays_and_one_that_is_given_anew_changes()
    {
        var id = await CreateIdAsync(Request);

        var other = await PatchAsync($"{Timers}/{id}", new { headers = new Dictionary<string, string> { ["X-Shop"] = "south" } });
        Assert.That((other.Status, (await OpenedAsync(id)).Headers!["Authorization"]), Is.EqualTo((200, $"Bearer {Planted}")));
        var anew = await PatchAsync($"{Timers}/{id}", new { headers = new Dictionary<string, string> { ["Authorization"] = "anew" } });
        Assert.That((anew.Status, (await OpenedAsync(id)).Headers!["Authorization"]), Is.EqualTo((200, "anew")));
        Assert.That((await OpenedAsync(id)).Url.OriginalString, Does.EndWith($"{Planted}-url"));
    }

    [TestCase("http://127.0.0.1:3/hook")]
    [TestCase("https://127.0.0.1:2/hook?token=********")]
    [TestCase("http://localhost:2/hook?token=********")]
    public async Task Another_receiver_gets_nothing_that_is_masked(string url)
    {
        var id = await CreateIdAsync(Request);

        (await PatchAsync($"{Timers}/{id}", new { url })).AssertWrong("url");

        Assert.That((await OpenedAsync(id)).Url.OriginalString, Is.EqualTo($"{Target}?order=17&token={Planted}-url"));
        var anew = await PatchAsync($"{Timers}/{id}", new
        {
            url = "http://127.0.0.1:3/hook",
            headers = new Dictionary<string, string?> { ["Authorization"] = null },
        });
        Assert.That(anew.Status, Is.EqualTo(200), anew.Text);
    }

    [Test]
    public async Task Timers_of_before_are_masked_and_guarded_alike()
    {
        var timer = ATimer.New().DueAt(TimeProvider.System.GetUtcNow().AddHours(1)).WithSpec(spec => spec with
        {
            Url = new Uri($"{Target}?token={Planted}"),
            Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {Planted}" },
        }).Build();
        await Store.AddAsync([timer], default);
        var id = timer.TimerId.ToString("D");

        Assert.That((await GetAsync($"{Timers}/{id}")).Text, Does.Not.Contain("planted").And.Contain("********"));
        (await PatchAsync($"{Timers}/{id}", new { url = "http://127.0.0.1:3/hook" })).AssertWrong("url");
        Assert.That((await PatchAsync($"{Timers}/{id}", new { url = Target + "?token=********&a=1" })).Status, Is.EqualTo(200));

        var spec = (await RowAsync(id)).Spec;
        Assert.That(JsonSerializer.Serialize(spec, TimersJson.Default.TimerSpec), Does.Not.Contain("planted"), "encrypted by now");
        Assert.That((await OpenedAsync(id)).Url.OriginalString, Is.EqualTo($"{Target}?token={Planted}&a=1"));
    }

    [Test]
    public async Task Any_change_encrypts_what_was_stored_as_it_was()
    {
        var timer = ATimer.New().DueAt(TimeProvider.System.GetUtcNow().AddHours(1)).WithSpec(spec => spec with
        {
            Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {Planted}" },
        }).Build();
        await Store.AddAsync([timer], default);
        var id = timer.TimerId.ToString("D");

        Assert.That((await PatchAsync($"{Timers}/{id}", new { tags = new[] { "changed" } })).Status, Is.EqualTo(200));

        var spec = (await RowAsync(id)).Spec;
        Assert.That(JsonSerializer.Serialize(spec, TimersJson.Default.TimerSpec), Does.Not.Contain("planted"));
        Assert.That((await OpenedAsync(id)).Headers!["Authorization"], Is.EqualTo($"Bearer {Planted}"));
    }

    [Test]
    public async Task Each_wrong_field_of_a_change_is_named()
    {
        var id = await CreateIdAsync(Request);

        var refused = await PatchAsync($"{Timers}/{id}", new
        {
            url = "http://127.0.0.1:3/?secret=********",
            headers = new Dictionary<string, string> { ["Cookie"] = "********" },
        });

        refused.AssertProblem(400);
        Assert.That(refused.WrongFields, Is.EquivalentTo(new[] { "url", "headers.Cookie" }));
    }

    [Test]
    public async Task Masks_are_judged_beside_what_is_wrong_with_every_timer()
    {
        var id = await CreateIdAsync(Request);
        object Change(object url) => new
        {
            url,
            method = "TRACE",
            retry = new { attempts = 0 },
            headers = new Dictionary<string, string> { ["Cookie"] = "********", ["Authorization"] = "********" },
        };

        var other = await PatchAsync($"{Timers}/{id}", Change("http://127.0.0.1:3/?token=********"));
        var none = await PatchAsync($"{Timers}/{id}", Change("ftp://127.0.0.1:2/"));
        var unknown = await PatchAsync($"{Timers}/unknown", Change(Target));

        other.AssertProblem(400);
        Assert.That(other.WrongFields, Is.EquivalentTo(new[] { "method", "retry.attempts", "url", "headers.Cookie" }), other.Text);
        Assert.That(none.WrongFields, Is.EquivalentTo(new[] { "method", "retry.attempts", "url", "headers.Cookie" }), none.Text);
        unknown.AssertProblem(400);
        Assert.That(unknown.WrongFields, Is.EquivalentTo(new[] { "method", "retry.attempts" }), "of no timer it is known what it has");
        Assert.That((await OpenedAsync(id)).Headers!["Authorization"], Is.EqualTo($"Bearer {Planted}"));
    }

    [Test]
    public async Task Encrypted_dead_letters_can_be_edited_but_not_for_another_receiver()
    {
        var timer = ATimer.New().Build();
        timer = timer with
        {
            Spec = Secrets.Seal(Tenant.Default, timer.TimerId, timer.Spec with
            {
                Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {Planted}" },
            }),
        };
        var letter = await AddAsync(timer, JsonSerializer.SerializeToUtf8Bytes(timer, TimersJson.Default.TimerScheduled));
        var content = (await GetAsync($"{Letters}/{letter.Id}")).Json.GetProperty("content").GetRawText();
        var host = timer.Spec.Url.Host;

        foreach (var wrong in new[]
        {
            content.Replace(host, "elsewhere.example", StringComparison.Ordinal),
            WithSealed(content, new string('A', 20) + timer.Spec.Sealed![20..]),
        })
        {
            (await PatchAsync($"{Letters}/{letter.Id}", $$"""{"content":{{wrong}}}""")).AssertWrong("content");
        }

        var put = content.Replace("\"POST\"", "\"PUT\"", StringComparison.Ordinal);
        Assert.That((await PatchAsync($"{Letters}/{letter.Id}", $$"""{"content":{{put}}}""")).Status, Is.EqualTo(200));
        var kept = TimerMessages.Scheduled.Read((await LetterAsync(letter)).Content.Span).Spec;
        Assert.That(kept.Method, Is.EqualTo("PUT"));
        Assert.That(Secrets.Open(Tenant.Default, timer.TimerId, kept)!.Headers!["Authorization"], Is.EqualTo($"Bearer {Planted}"));
    }

    /// <summary>Not by its text: JSON may write the ciphertext's plus signs as escapes.</summary>
    private static string WithSealed(string content, string ciphertext)
    {
        var json = JsonNode.Parse(content)!;
        json["spec"]!["sealed"] = ciphertext;
        return json.ToJsonString();
    }

    [Test]
    public async Task A_mask_is_nothing_that_a_new_timer_could_send()
    {
        var refused = await PostAsync(Timers, new
        {
            url = Shown,
            delay = "PT1H",
            headers = new Dictionary<string, string> { ["Authorization"] = "********", ["X-Shop"] = "********" },
        });

        refused.AssertWrong("url");
        Assert.That(refused.WrongFields, Is.EquivalentTo(new[] { "url", "headers.Authorization" }));
        var id = await CreateIdAsync();
        (await PatchAsync($"{Timers}/{id}", new { headers = new Dictionary<string, string> { ["Cookie"] = "********" } }))
            .AssertWrong("headers.Cookie");
    }

    [Test]
    public async Task A_repeated_create_is_known_and_another_token_is_another_content()
    {
        object With(string token) => new { id = "write-only-1", url = $"{Target}?token={token}", dueAt = "2030-01-31T08:00:00Z" };
        Assert.That((await PostAsync(Timers, With("a"))).Status, Is.EqualTo(201));

        var again = await PostAsync(Timers, With("a"));

        Assert.That((again.Status, again.Header("Idempotent-Replayed")), Is.EqualTo((201, "true")));
        (await PostAsync(Timers, With("b"))).AssertProblem(409);
    }

    [Test]
    public async Task Dead_letters_do_not_show_them_and_an_edit_keeps_them()
    {
        var timer = ATimer.New().WithSpec(spec => spec with
        {
            Url = new Uri($"{Target}?token={Planted}"),
            Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {Planted}" },
        }).Build();
        var letter = await AddAsync(timer, JsonSerializer.SerializeToUtf8Bytes(timer, TimersJson.Default.TimerScheduled));

        var read = await GetAsync($"{Letters}/{letter.Id}");
        Assert.That(read.Text, Does.Not.Contain("planted").And.Contain("token=********"));
        var content = read.Json.GetProperty("content").GetRawText().Replace("\"POST\"", "\"PUT\"", StringComparison.Ordinal);
        var elsewhere = content.Replace("127.0.0.1:2", "127.0.0.1:3", StringComparison.Ordinal);
        (await PatchAsync($"{Letters}/{letter.Id}", $$"""{"content":{{elsewhere}}}""")).AssertWrong("content");
        var edited = await PatchAsync($"{Letters}/{letter.Id}", $$"""{"content":{{content}}}""");

        Assert.That(edited.Status, Is.EqualTo(200), edited.Text);
        Assert.That(edited.Text, Does.Not.Contain("planted"));
        var kept = TimerMessages.Scheduled.Read((await LetterAsync(letter)).Content.Span).Spec;
        Assert.That(kept.Url.OriginalString, Is.EqualTo($"{Target}?token={Planted}"));
        Assert.That(kept.Headers!["Authorization"], Is.EqualTo($"Bearer {Planted}"));
    }

    [TestCase("""{"spec":{"url":"http://h/?token=planted","headers":{"Authorization":"planted"}}}""")]
    [TestCase("""{"spec":{"url":"http://h/?token=planted","headers":{"Authorization":"planted""")]
    public async Task Dead_letters_that_cannot_be_read_do_not_show_them_either(string content)
    {
        var letter = await AddAsync(ATimer.New().Build(), Encoding.UTF8.GetBytes(content));

        var read = await GetAsync($"{Letters}/{letter.Id}");

        var shown = read.Json.TryGetProperty("contentBase64", out var bytes)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(bytes.GetString()!)) : read.Text;
        Assert.That(shown, Does.Not.Contain("planted").And.Contain("********"));
    }

    private async Task<TimerRecord> RowAsync(string id) =>
        (await Store.FindAsync(Tenant.Default, [TimerKey.FromId(Tenant.Default, id)], default))[0];

    private async Task<TimerSpec> OpenedAsync(string id)
    {
        var row = await RowAsync(id);
        return Secrets.Open(row.Tenant, row.Key, row.Spec)!;
    }

    private async Task<DeadLetter> LetterAsync(DeadLetter letter) =>
        (await App.Services.GetRequiredService<IDeadLetterStore>().FindAsync(letter.Tenant, letter.Id, default))!;

    private async Task<DeadLetter> AddAsync(TimerScheduled timer, byte[] content)
    {
        var position = new LogPosition(Guid.NewGuid(), 0, 1);
        var letter = new DeadLetter
        {
            Id = DeadLetter.IdOf(TimerMessages.Topic, position),
            Topic = TimerMessages.Topic,
            Type = TimerMessages.Scheduled.Name,
            Key = TimerMessages.Scheduled.KeyOf(timer),
            Content = content,
            Position = position,
            Reason = "It does not compute.",
            DiedAt = TimeProvider.System.GetUtcNow(),
        };
        await App.Services.GetRequiredService<IDeadLetterStore>().AddAsync(letter, default);
        return letter;
    }
}
