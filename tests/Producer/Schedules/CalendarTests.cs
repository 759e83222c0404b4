using Tests.Support;

namespace Tests.Producer.Schedules;

/// <summary>Calendars over REST: put, read, listed and deleted, and named by schedules.</summary>
public sealed class CalendarTests : RestTests
{
    private const string Root = "/api/v1/calendars";
    private const string Schedules = "/api/v1/schedules";
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    [Test]
    public async Task What_is_put_is_read_and_putting_it_again_changes_nothing()
    {
        var body = new
        {
            exclude = new[] { "sun", "2030-12-24/2031-01-02", "2030-06-10", "12-25" },
            include = new[] { "2030-01-01/2030-12-31" },
        };
        var created = await PutAsync("full", body);
        Assert.That((created.Status, created.Headers.Location!.ToString()), Is.EqualTo((201, $"{Root}/full")), created.Text);
        var read = await GetAsync($"{Root}/full");
        Assert.That((read.Status, read.ETag, read.Text), Is.EqualTo((200, created.ETag, created.Text)));
        Assert.That(Texts(read, "exclude"), Is.EqualTo(new[] { "2030-06-10", "2030-12-24/2031-01-02", "12-25", "SUN" }));
        Assert.That((Texts(read, "include"), read["schedules"]), Is.EqualTo((new[] { "2030-01-01/2030-12-31" }, "0")));

        var again = await PutAsync("full", body);
        Assert.That((again.Status, again.ETag, again.Text), Is.EqualTo((200, created.ETag, created.Text)));
        var changed = await PutAsync("full", new { exclude = new[] { "SAT" } });
        Assert.That((changed.Status, Texts(changed, "include").Length), Is.EqualTo((200, 0)));
        Assert.That((changed.ETag == created.ETag, changed["createdAt"]), Is.EqualTo((false, created["createdAt"])));
    }

    [Test]
    public async Task If_Match_names_what_may_be_changed()
    {
        var (body, other) = (new { exclude = new[] { "SAT" } }, new { exclude = new[] { "SUN" } });
        (await PutAsync("tagged", body, ("If-Match", "*"))).AssertProblem(412);
        (await PutAsync("tagged", body, ("If-Match", "\"1\""))).AssertProblem(412);
        var created = await PutAsync("tagged", body);
        (await PutAsync("tagged", other, ("If-Match", "\"1\""))).AssertProblem(412);
        (await DeleteAsync($"{Root}/tagged", ("If-Match", "\"1\""))).AssertProblem(412);
        var changed = await PutAsync("tagged", other, ("If-Match", created.ETag!));
        Assert.That(changed.Status, Is.EqualTo(200), changed.Text);
        Assert.That((await DeleteAsync($"{Root}/tagged", ("If-Match", changed.ETag!))).Status, Is.EqualTo(204));

        // A later calendar of the same name is another one.
        (await GetAsync($"{Root}/tagged")).AssertProblem(404);
        (await DeleteAsync($"{Root}/tagged")).AssertProblem(404);
        Assert.That((await PutAsync("tagged", other)).Status, Is.EqualTo(201));
        (await DeleteAsync($"{Root}/tagged", ("If-Match", changed.ETag!))).AssertProblem(412);
    }

    [TestCase("{}", "exclude")]
    [TestCase("""{ "exclude": [] }""", "exclude")]
    [TestCase("""{ "exclude": "SAT" }""", "exclude")]
    [TestCase("""{ "exclude": ["SAT", "x", 1, "2030-02-30"], "dates": [] }""", "exclude[1]", "exclude[2]", "exclude[3]", "dates")]
    [TestCase("""{ "exclude": ["2030-01-02/2030-01-01"], "include": ["13-01"] }""", "exclude[0]", "include[0]")]
    [TestCase("[]", "$")]
    [TestCase("{", "$")]
    public async Task What_cannot_be_put_is_400_with_every_wrong_field(string body, params string[] fields)
    {
        var answer = await SendAsync(HttpMethod.Put, $"{Root}/wrong", Content(body));

        answer.AssertProblem(400);
        Assert.That(answer.WrongFields, Is.EquivalentTo(fields), answer.Text);
        (await GetAsync($"{Root}/wrong")).AssertProblem(404);
    }

    [Test]
    public async Task Bodies_and_names_are_bounded()
    {
        var many = Enumerable.Range(0, 5_001).Select(i => $"{new DateOnly(2030, 1, 1).AddDays(i):yyyy-MM-dd}").ToList();
        (await PutAsync("many", new { exclude = many })).AssertWrong("exclude");
        Assert.That((await PutAsync("many", new { exclude = many.Take(5_000) })).Status, Is.EqualTo(201));
        (await SendAsync(HttpMethod.Put, $"{Root}/long", Content($"{{ \"exclude\": [{new string(' ', 1_100_000)}] }}"))).AssertProblem(413);
        (await SendAsync(HttpMethod.Put, $"{Root}/text", new StringContent("x"))).AssertProblem(415);
        (await PutAsync("a b", new { exclude = new[] { "SAT" } })).AssertWrong("name");
        (await GetAsync($"{Root}/a%2Fb")).AssertWrong("name");
        (await DeleteAsync($"{Root}/%C3%A4")).AssertWrong("name");
        (await GetAsync($"{Root}?limit=0")).AssertWrong("limit");
        (await GetAsync($"{Root}?prefix=a")).AssertWrong("prefix");
    }

    [Test]
    public async Task Pages_hold_names_and_counts()
    {
        foreach (var name in new[] { "00b", "00a", "00c" })
        {
            await PutAsync(name, new { exclude = new[] { "SAT", "SUN" }, include = new[] { "2030-01-01" } });
        }

        var first = await GetAsync($"{Root}?limit=2");
        var rest = await GetAsync($"{Root}?limit=1&cursor={first["next"]}");
        var items = first.Json.GetProperty("items").EnumerateArray().Concat(rest.Json.GetProperty("items").EnumerateArray()).ToList();
        Assert.That(items.Select(each => each.GetProperty("name").GetString()), Is.EqualTo(new[] { "00a", "00b", "00c" }));
        Assert.That((items[0].GetProperty("excluded").GetInt32(), items[0].GetProperty("included").GetInt32()), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task Schedules_name_it_and_one_that_is_in_use_is_not_deleted()
    {
        await PutAsync("used", new { exclude = new[] { "12-25" } });
        var schedule = new { cron = "0 0 25,26 12 *", url = Target, calendars = new[] { new { name = "used" } } };
        var put = await SendAsync(HttpMethod.Put, $"{Schedules}/one", Content(schedule));
        Assert.That(put.Status, Is.EqualTo(201), put.Text);
        Assert.That(put["nextAt"], Does.Contain("-12-26T00:00:00"));
        Assert.That(put.Json.GetProperty("calendars")[0].EnumerateObject().Select(each => each.Name), Is.EqualTo(new[] { "name" }));
        Assert.That((await SendAsync(HttpMethod.Put, $"{Schedules}/one", Content(schedule))).ETag, Is.EqualTo(put.ETag));
        var problem = await DeleteAsync($"{Root}/used");
        problem.AssertProblem(409);
        Assert.That(problem["detail"], Is.EqualTo("One schedule names 'used'."));

        await SendAsync(HttpMethod.Put, $"{Schedules}/two", Content(schedule));
        Assert.That((await DeleteAsync($"{Root}/used"))["detail"], Is.EqualTo("2 schedules name 'used'."));
        Assert.That((await GetAsync($"{Root}/used"))["schedules"], Is.EqualTo("2"));

        await DeleteAsync($"{Schedules}/two");
        var patched = await SendAsync(HttpMethod.Patch, $"{Schedules}/one", Content(new { misfire = "all" }));
        Assert.That(patched.Status, Is.EqualTo(200), patched.Text);
        (await DeleteAsync($"{Root}/used")).AssertProblem(409);
        patched = await SendAsync(HttpMethod.Patch, $"{Schedules}/one", Content("""{ "calendars": null }"""));
        Assert.That(patched["nextAt"], Does.Contain("-12-25T00:00:00"));
        Assert.That((await DeleteAsync($"{Root}/used")).Status, Is.EqualTo(204));

        // What is not there, or not any more, cannot be named.
        var unknown = await SendAsync(HttpMethod.Patch, $"{Schedules}/one", Content(new { calendars = new[] { new { name = "used" } } }));
        unknown.AssertWrong("calendars[0].name");
        (await SendAsync(HttpMethod.Put, $"{Schedules}/three", Content(schedule))).AssertWrong("calendars[0].name");
    }

    [Test]
    public async Task A_preview_takes_names_and_shows_what_they_leave_out()
    {
        await PutAsync("previewed", new { exclude = new[] { "2030-12-25", "SAT", "SUN" } });
        object Body(string name) => new
        {
            every = "P1D",
            anchor = "2030-12-24T09:00",
            count = 3,
            after = "2030-12-24T00:00:00Z",
            calendars = new[] { new { name } },
        };
        var preview = await PostAsync($"{Schedules}/preview", Body("previewed"));

        var runs = preview.Json.GetProperty("runs");
        Assert.That(runs.EnumerateArray().Select(run => run.GetProperty("local").GetString()!.Split('T')[0]),
            Is.EqualTo(new[] { "2030-12-24", "2030-12-26", "2030-12-27" }), preview.Text);
        var skipped = runs[1].GetProperty("skipped")[0];
        Assert.That((skipped.GetProperty("first").GetString(), skipped.GetProperty("calendar").GetString()),
            Is.EqualTo(("2030-12-25T09:00:00", "previewed")));
        (await PostAsync($"{Schedules}/preview", Body("nothing"))).AssertWrong("calendars[0].name");
    }

    [Test]
    public async Task A_change_moves_runs_within_seconds_and_the_schedule_stays_as_it_is()
    {
        await using var receiver = await Receiver.StartAsync();
        await PutAsync("moving", new { exclude = new[] { "2020-01-01" } });
        var put = await SendAsync(HttpMethod.Put, $"{Schedules}/moving", Content(
            new { every = "PT1S", url = receiver.Url, misfire = "all", calendars = new[] { new { name = "moving" } } }));
        Assert.That(put.Status, Is.EqualTo(201), put.Text);
        await Eventually.That(() => receiver.Count >= 2, MaxWait, "they arrive");

        // All of this decade.
        var closed = await PutAsync("moving", new { exclude = new[] { "2020-01-01/2039-12-31" } });
        await Eventually.That(
            async () => (await GetAsync($"{Schedules}/moving"))["nextAt"].StartsWith("2040-01-01", StringComparison.Ordinal), MaxWait,
            "it moves");
        var read = await GetAsync($"{Schedules}/moving");
        Assert.That(read.ETag, Is.EqualTo(put.ETag));
        await PutAsync("moving", new { exclude = new[] { "2020-01-01" } });
        await Eventually.That(
            () => receiver.Journal.Any(each => each.DueAt > Instant(closed["changedAt"]).AddSeconds(20)), 2 * MaxWait, "it goes on");
        Assert.That(receiver.Journal.Select(each => each.Headers["timer-scheduled-for"]), Is.Unique);
    }

    private Task<Answer> PutAsync(string name, object body, params (string, string)[] headers) =>
        SendAsync(HttpMethod.Put, $"{Root}/{name}", Content(body), headers);

    private static string[] Texts(Answer answer, string name) =>
        [.. answer.Json.GetProperty(name).EnumerateArray().Select(each => each.GetString()!)];

    private static DateTimeOffset Instant(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
