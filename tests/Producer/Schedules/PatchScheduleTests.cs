using Tests.Support;

namespace Tests.Producer.Schedules;

/// <summary>PATCH /api/v1/schedules/{name}: what is given changes, null sets the default, the rest stays.</summary>
public sealed class PatchScheduleTests : RestTests
{
    private const string Root = "/api/v1/schedules";

    [Test]
    public async Task What_is_absent_stays_null_sets_the_default_and_objects_merge()
    {
        var created = await PutAsync("merged", new
        {
            cron = "0 30 2 * * ?",
            dialect = "quartz",
            zone = "Europe/Berlin",
            misfire = "all",
            catchUp = "P1D",
            url = $"{Target}?token=secret",
            headers = new { authorization = "Bearer abc", x = "1", y = "2" },
            body = new { a = 1, b = new { c = 2 } },
            retry = new { attempts = 2, firstDelay = "PT1S" },
            tags = new[] { "one" },
        });
        Assert.That(created.Status, Is.EqualTo(201), created.Text);

        var changed = await PatchAsync("merged", """
            { "cron": "0 30 3 * * ?", "misfire": null, "headers": { "X": "3", "y": null }, "body": { "b": { "d": 4 } },
              "retry": { "delays": ["PT2S"] }, "tags": ["two"] }
            """);

        Assert.That(changed.Status, Is.EqualTo(200), changed.Text);
        Assert.That(changed.ETag, Is.Not.EqualTo(created.ETag));
        Assert.That(
            (changed["cron"], changed["dialect"], changed["zone"], changed["misfire"], changed["catchUp"], changed["url"]),
            Is.EqualTo(("0 30 3 * * ?", "quartz", "Europe/Berlin", "latest", "P1D", created["url"])));
        Assert.That(
            (changed["headers"], changed["body"], changed["tags"]),
            Is.EqualTo(("""{"authorization":"********","X":"3"}""", """{"a":1,"b":{"c":2,"d":4}}""", """["two"]""")));
        Assert.That(changed.Json.GetProperty("retry").GetProperty("delays")[0].GetString(), Is.EqualTo("PT2S"));
        Assert.That((await GetAsync($"{Root}/merged"))["cron"], Is.EqualTo("0 30 3 * * ?"));
    }

    [Test]
    public async Task The_credentials_that_stay_are_sent()
    {
        await using var receiver = await Receiver.StartAsync();
        await PutAsync("kept", new
        {
            every = "PT1S",
            url = receiver.At("/hook?token=secret"),
            headers = new { authorization = "Bearer abc" },
        });
        var changed = await PatchAsync("kept", """{ "headers": { "x": "changed" } }""");
        Assert.That(changed.Status, Is.EqualTo(200), changed.Text);

        await Eventually.That(
            () => receiver.Journal.Any(each => each.Headers.GetValueOrDefault("x") == "changed"), TimeSpan.FromSeconds(30), "it is sent");
        var sent = receiver.Journal.First(each => each.Headers.ContainsKey("x"));
        Assert.That((sent.Headers["authorization"], sent.Path), Is.EqualTo(("Bearer abc", "/hook?token=secret")));
        await DeleteAsync($"{Root}/kept");
    }

    [TestCase("{}")]
    [TestCase("""{ "zone": null, "misfire": "latest", "url": "http://127.0.0.1:2/hook" }""")]
    [TestCase("""{ "every": "PT1H" }""")]
    public async Task What_is_as_it_was_changes_nothing(string patch)
    {
        var created = await PutAsync("same", new { every = "PT1H", url = "http://127.0.0.1:2/hook" });

        var answer = await PatchAsync("same", patch);

        Assert.That((answer.Status, answer.ETag), Is.EqualTo((200, created.ETag)), answer.Text);
        await DeleteAsync($"{Root}/same");
    }

    [Test]
    public async Task Another_way_takes_the_place_of_the_one_that_was_there()
    {
        await PutAsync("ways", new { rrule = "FREQ=DAILY", exdates = new[] { "2030-01-01" }, anchor = "2029-01-01T00:00", url = Target });

        foreach (var (patch, present, gone) in new[]
        {
            ("""{ "cron": "0 0 12 * * ?", "dialect": "quartz" }""", "cron dialect", "rrule exdates anchor"),
            ("""{ "every": "PT1H" }""", "every anchor", "cron dialect"),
            ("""{ "at": ["2098-01-01T00:00:00Z"] }""", "at", "every anchor"),
            ("""{ "at": null, "cron": "0 12 * * *" }""", "cron", "at"),
        })
        {
            var answer = await PatchAsync("ways", patch);
            Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
            var members = answer.Json.EnumerateObject().Select(member => member.Name).ToList();
            Assert.That(members, Is.SupersetOf(present.Split(' ')), patch);
            Assert.That(members.Intersect(gone.Split(' ')), Is.Empty, patch);
        }
    }

    [Test]
    public async Task A_change_of_the_webhook_alone_keeps_the_rhythm()
    {
        var created = await PutAsync("rhythm", new { every = "PT1H", url = Target });

        var changed = await PatchAsync("rhythm", """{ "method": "PUT" }""");

        Assert.That((changed["nextAt"], changed["anchor"]), Is.EqualTo((created["nextAt"], created["anchor"])));
    }

    [TestCase("""{ "cron": null }""", "cron")]
    [TestCase("""{ "cron": "0 24 * * *", "url": "ftp://x" }""", "cron", "url")]
    [TestCase("""{ "every": "PT1H", "cron": "* * * * *" }""", "cron", "every")]
    [TestCase("""{ "url": null }""", "url")]
    [TestCase("""{ "name": "other" }""", "name")]
    [TestCase("""{ "nextAt": null, "runs": 3 }""", "nextAt", "runs")]
    [TestCase("""{ "method": "BREW", "catchUp": "P366D" }""", "method", "catchUp")]
    [TestCase("""{ "headers": { "authorization": "********" } }""", "headers.authorization")]
    [TestCase("""{ "endAt": "2020-01-01T00:00:00Z" }""", "endAt")]
    [TestCase("[]", "$")]
    [TestCase("{", "$")]
    public async Task What_cannot_be_changed_is_400_with_every_wrong_field(string patch, params string[] fields)
    {
        var created = await PutAsync("wrong", new { cron = "0 0 1 1 *", url = Target });

        var answer = await PatchAsync("wrong", patch);

        answer.AssertProblem(400);
        Assert.That(answer.WrongFields, Is.EquivalentTo(fields), answer.Text);
        Assert.That((await GetAsync($"{Root}/wrong")).ETag, Is.EqualTo(created.ETag));
        await DeleteAsync($"{Root}/wrong");
    }

    [Test]
    public async Task If_Match_names_what_may_be_changed()
    {
        (await PatchAsync("tagged", "{}")).AssertProblem(404);
        (await PatchAsync("tagged", "{}", ("If-Match", "\"1\""))).AssertProblem(412);
        var created = await PutAsync("tagged", new { cron = "0 0 1 1 *", url = Target });
        (await PatchAsync("tagged", """{ "misfire": "all" }""", ("If-Match", "\"1\""))).AssertProblem(412);

        var changed = await PatchAsync("tagged", """{ "misfire": "all" }""", ("If-Match", created.ETag!));
        Assert.That((changed.Status, changed["misfire"]), Is.EqualTo((200, "all")), changed.Text);
    }

    [Test]
    public async Task Only_merge_patches_are_taken()
    {
        await PutAsync("typed", new { cron = "0 0 1 1 *", url = Target });

        var refused = await SendAsync(HttpMethod.Patch, $"{Root}/typed", Content("[]", "application/json-patch+json"));
        refused.AssertProblem(415);
        Assert.That(refused.Headers.GetValues("Accept-Patch"), Is.EqualTo(["application/merge-patch+json, application/json"]));
        Assert.That((await SendAsync(HttpMethod.Patch, $"{Root}/typed", Content("""{ "gap": "skip" }""")))["gap"], Is.EqualTo("skip"));
    }

    private Task<Answer> PutAsync(string name, object body) => SendAsync(HttpMethod.Put, $"{Root}/{name}", Content(body));

    private Task<Answer> PatchAsync(string name, string patch, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Patch, $"{Root}/{name}", Content(patch, "application/merge-patch+json"), headers);
}
