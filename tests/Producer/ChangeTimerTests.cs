namespace Tests.Producer;

/// <summary>PATCH /api/v1/timers/{id}: what is given changes, null sets the default, the rest stays.</summary>
public sealed class ChangeTimerTests : RestTests
{
    private static readonly object Everything = new
    {
        url = Target,
        delay = "PT1H",
        method = "PUT",
        headers = new { x = "1" },
        body = "text",
        retry = new { attempts = 2 },
        onAmbiguous = "park",
        timeout = "PT1S",
        tags = new[] { "a" },
        metadata = new { b = 1 },
    };

    [Test]
    public async Task Patch_of_one_field_leaves_the_others()
    {
        var before = await CreateAsync(Everything);

        var after = await PatchAsync($"{Timers}/{before["id"]}", new { timeout = "PT2S" });

        Assert.That(after["timeout"], Is.EqualTo("PT2S"));
        foreach (var field in new[]
            { "url", "dueAt", "method", "headers", "body", "retry", "onAmbiguous", "tags", "metadata", "createdAt" })
        {
            Assert.That(after[field], Is.EqualTo(before[field]), field);
        }
    }

    [Test]
    public async Task Patch_of_nulls_sets_the_defaults()
    {
        var id = await CreateIdAsync(Everything);

        var after = await PatchAsync(
            $"{Timers}/{id}",
            """{"method":null,"headers":null,"body":null,"retry":null,"onAmbiguous":null,"timeout":null,"tags":null,"metadata":null}""");

        var bare = await CreateAsync();
        Assert.Multiple(() =>
        {
            foreach (var field in new[] { "method", "retry", "onAmbiguous", "timeout" })
            {
                Assert.That(after[field], Is.EqualTo(bare[field]), field);
            }

            foreach (var field in new[] { "headers", "body", "tags", "metadata" })
            {
                Assert.That(after.Json.TryGetProperty(field, out _), Is.False, field);
            }
        });
    }

    [TestCase("""{"dueAt":"2030-01-31T08:00:00.0001Z"}""", "2030-01-31T08:00:00.001Z")]
    [TestCase("""{"dueAt":"2030-01-31T10:00:00+02:00"}""", "2030-01-31T08:00:00.000Z")]
    public async Task Patch_of_the_instant_reschedules(string change, string dueAt)
    {
        var after = await PatchAsync($"{Timers}/{await CreateIdAsync()}", change);

        Assert.That((after["dueAt"], after["nextAt"]), Is.EqualTo((dueAt, dueAt)));
    }

    [Test]
    public async Task Patch_of_the_tags_moves_the_timer_between_listings()
    {
        var id = await CreateIdAsync(new { url = Target, delay = "PT1H", tags = new[] { "before" } });

        await PatchAsync($"{Timers}/{id}", new { tags = new[] { "after" } });

        Assert.That((await GetAsync($"{Timers}?tag=before")).Json.GetProperty("items").GetArrayLength(), Is.Zero);
        Assert.That((await GetAsync($"{Timers}?tag=after")).Json.GetProperty("items")[0].GetProperty("id").GetString(), Is.EqualTo(id));
    }

    [Test]
    public async Task Patch_as_merge_patch_is_accepted()
    {
        var content = Content("""{"delay":"PT2H"}""", "application/merge-patch+json");

        Assert.That((await SendAsync(HttpMethod.Patch, $"{Timers}/{await CreateIdAsync()}", content)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Patch_merges_members_and_removes_nulls_as_RFC_7396_says()
    {
        var id = await CreateIdAsync(
            new
            {
                url = Target,
                delay = "PT1H",
                headers = new Dictionary<string, string> { ["X-Kept"] = "1", ["X-Gone"] = "2", ["X-Case"] = "3" },
                body = new { kept = 1.5, gone = 2, deep = new { a = 1, b = new[] { 1, 2 } } },
                retry = new { attempts = 7, factor = 2 },
                metadata = new { kept = true, gone = true },
                tags = new[] { "a", "b" },
            });

        var after = await PatchAsync($"{Timers}/{id}", """
            {
              "headers": { "X-Gone": null, "x-case": "4", "X-New": "5" }, "body": { "gone": null, "deep": { "b": [3], "c": null } },
              "retry": { "firstDelay": "PT1S" }, "metadata": { "gone": null, "new": {} }, "tags": ["c"]
            }
            """);

        Assert.Multiple(() =>
        {
            Assert.That(after["headers"], Is.EqualTo("""{"X-Kept":"1","x-case":"4","X-New":"5"}"""));
            Assert.That(after["body"], Is.EqualTo("""{"kept":1.5,"deep":{"a":1,"b":[3]}}"""));
            Assert.That(after["retry"], Does.Contain("\"attempts\":7").And.Contain("\"factor\":2").And.Contain("\"firstDelay\":\"PT1S\""));
            Assert.That(after["metadata"], Is.EqualTo("""{"kept":true,"new":{}}"""));
            Assert.That(after["tags"], Is.EqualTo("""["c"]"""));
        });
    }

    [Test]
    public async Task Patch_of_delays_takes_the_place_of_the_rule_and_the_reverse()
    {
        var id = await CreateIdAsync(new { url = Target, delay = "PT1H", retry = new { attempts = 7, jitter = 0.5 } });

        var delays = await PatchAsync($"{Timers}/{id}", """{"retry":{"delays":["PT1S","PT2S"]}}""");
        var rule = await PatchAsync($"{Timers}/{id}", """{"retry":{"attempts":4}}""");

        Assert.That(delays["retry"], Does.Contain("[\"PT1S\",\"PT2S\"]").And.Contain("\"attempts\":3").And.Not.Contain("factor"));
        Assert.That(rule["retry"], Does.Contain("\"attempts\":4").And.Contain("\"factor\":3").And.Not.Contain("delays"));
    }

    [Test]
    public async Task Patch_without_members_changes_nothing()
    {
        var created = await CreateAsync();

        var after = await PatchAsync($"{Timers}/{created["id"]}", "{}");

        Assert.That((after.Status, after.ETag), Is.EqualTo((200, "\"1\"")));
    }

    [Test]
    public async Task Patch_whose_result_would_be_wrong_names_the_field_and_changes_nothing()
    {
        var id = await CreateIdAsync(new { url = Target, delay = "PT1H", metadata = new { a = new string('x', 10_000) } });

        (await PatchAsync($"{Timers}/{id}", new { metadata = new { b = new string('x', 10_000) } })).AssertWrong("metadata");

        Assert.That((await GetAsync($"{Timers}/{id}")).ETag, Is.EqualTo("\"1\""));
    }

    [TestCase("application/json-patch+json")]
    [TestCase("application/vnd.example+json")]
    public async Task Patch_of_another_kind_is_refused_with_the_kinds_that_are_taken(string type)
    {
        var answer = await SendAsync(HttpMethod.Patch, $"{Timers}/{await CreateIdAsync()}", Content("[]", type));

        Assert.That(answer.Status, Is.EqualTo(415));
        Assert.That(answer.Headers.GetValues("Accept-Patch"), Is.EqualTo(["application/merge-patch+json, application/json"]));
    }

    [TestCase("[]", "$")]
    [TestCase("", "$")]
    [TestCase("""{"id":"other"}""", "id")]
    [TestCase("""{"url":null}""", "url")]
    [TestCase("""{"dueAt":null}""", "dueAt")]
    [TestCase("""{"delay":null}""", "delay")]
    [TestCase("""{"delay":"PT1H","dueAt":"2030-01-31T08:00:00Z"}""", "dueAt")]
    [TestCase("""{"state":"cancelled"}""", "state")]
    [TestCase("""{"timeout":"PT1S","timeout":"PT2S"}""", "$")]
    public async Task Patch_that_cannot_be_done_names_why_and_changes_nothing(string change, string field)
    {
        var id = await CreateIdAsync();

        (await PatchAsync($"{Timers}/{id}", change)).AssertWrong(field);

        Assert.That((await GetAsync($"{Timers}/{id}")).ETag, Is.EqualTo("\"1\""));
    }

    [Test]
    public async Task Patches_under_the_same_version_let_one_win()
    {
        var id = await CreateIdAsync();

        var answers = await Task.WhenAll(Enumerable.Range(1, 10).Select(
            i => PatchAsync($"{Timers}/{id}", new { delay = $"PT{i}H" }, ("If-Match", "\"1\""))));

        Assert.That(answers.Select(answer => answer.Status).Order(), Is.EqualTo([200, .. Enumerable.Repeat(412, 9)]));
    }
}
