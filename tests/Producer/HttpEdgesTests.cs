using System.Net;
using System.Net.Http.Headers;

namespace Tests.Producer;

/// <summary>What HTTP asks of every route: methods, types, conditions, and queries that mean what they say.</summary>
[NonParallelizable]
public sealed class HttpEdgesTests : RestTests
{
    [TestCase("/api/v1/timers/{0}")]
    [TestCase("/api/v1/timers")]
    [TestCase("/api/v1/timers/{0}/attempts")]
    [TestCase("/api/v1/timer/{0}")]
    [TestCase("/api/v1/devices")]
    [TestCase("/api/v1/sites")]
    [TestCase("/api/v1/dead-letters")]
    [TestCase("/api/v1/devices/export")]
    [TestCase("/health/live")]
    [TestCase("/health")]
    [TestCase("/openapi/v1.json")]
    public async Task Head_answers_with_what_Get_does_and_no_body(string path)
    {
        var address = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, await CreateIdAsync());

        var get = await GetAsync(address);
        using var request = new HttpRequestMessage(HttpMethod.Head, address);
        using var head = await Http.SendAsync(request);

        Assert.That((int)head.StatusCode, Is.EqualTo(get.Status));
        Assert.That(head.Content.Headers.ContentType?.MediaType, Is.EqualTo(get.MediaType));
        Assert.That(head.Headers.ETag?.Tag, Is.EqualTo(get.ETag));
        Assert.That(await head.Content.ReadAsByteArrayAsync(), Is.Empty);
    }

    [TestCase("/api/v1/sites/s/stream")]
    [TestCase("/api/v1/devices/readings/stream")]
    public async Task Streams_have_no_Head(string path) =>
        Assert.That((await SendAsync(HttpMethod.Head, path)).Status, Is.EqualTo(405));

    [TestCase("/api/v1/timers", "GET, HEAD, POST, OPTIONS")]
    [TestCase("/api/v1/timers/some", "DELETE, GET, HEAD, PATCH, OPTIONS")]
    [TestCase("/api/v1/timers/batch", "DELETE, GET, HEAD, PATCH, POST, OPTIONS")]
    [TestCase("/event", "POST, OPTIONS")]
    [TestCase("/health/ready", "GET, HEAD, OPTIONS")]
    public async Task Options_names_the_methods(string path, string methods)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        using var answer = await Http.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(string.Join(", ", answer.Content.Headers.Allow), Is.EqualTo(methods));
    }

    [Test]
    public async Task A_method_that_a_route_does_not_have_names_those_that_it_has()
    {
        var answer = await SendAsync(HttpMethod.Put, Timers, Content("{}"));

        Assert.That(answer.Status, Is.EqualTo(405));
    }

    [Test]
    public async Task A_version_that_the_client_has_is_304_and_another_is_sent()
    {
        var timer = $"{Timers}/{await CreateIdAsync()}";

        var same = await SendAsync(HttpMethod.Get, timer, null, ("If-None-Match", "\"7\", W/\"1\""));
        var any = await SendAsync(HttpMethod.Get, timer, null, ("If-None-Match", "*"));
        var other = await SendAsync(HttpMethod.Get, timer, null, ("If-None-Match", "\"2\""));
        var wrong = await SendAsync(HttpMethod.Get, timer, null, ("If-None-Match", "1"));

        Assert.That(new[] { same.Status, any.Status, other.Status, wrong.Status }, Is.EqualTo(new[] { 304, 304, 200, 200 }));
        Assert.That((same.ETag, same.Text), Is.EqualTo(("\"1\"", string.Empty)));
    }

    [TestCase("text/html", 406)]
    [TestCase("application/xml, text/*;q=0.5", 406)]
    [TestCase("application/json;q=0, */*", 406)]
    [TestCase("*/*;q=0", 406)]
    [TestCase("application/json", 200)]
    [TestCase("application/json; charset=utf-8", 200)]
    [TestCase("text/html, application/*;q=0.1", 200)]
    [TestCase("text/html, */*;q=0.8", 200)]
    [TestCase("this is no type", 200)]
    public async Task A_type_that_is_not_accepted_is_406_with_the_type_that_there_is(string accept, int status)
    {
        var answer = await SendAsync(HttpMethod.Get, Timers, null, ("Accept", accept));

        Assert.That(answer.Status, Is.EqualTo(status));
        if (status == 406)
        {
            answer.AssertProblem(406);
            Assert.That(answer["detail"], Does.Contain("application/json"));
        }
    }

    [Test]
    public async Task A_type_that_is_not_accepted_is_told_in_the_seeds_shape_on_its_routes()
    {
        var answer = await SendAsync(HttpMethod.Get, "/stats?site_id=s", null, ("Accept", "text/html"));

        Assert.That(answer.Status, Is.EqualTo(406));
        Assert.That(answer.Text, Does.Contain("This answers application/json.").And.Not.Contain("title"));
    }

    [TestCase("/api/v1/timers?stat=failed", "stat")]
    [TestCase("/api/v1/timers?State=failed", "State")]
    [TestCase("/api/v1/timers?limit=1&limit=2", "limit")]
    [TestCase("/api/v1/timers/some?fields=all", "fields")]
    [TestCase("/api/v1/timers/some/attempts?limit=1", "limit")]
    [TestCase("/api/v1/timers/stats?state=failed", "state")]
    [TestCase("/api/v1/dead-letters?tenant=a", "tenant")]
    [TestCase("/api/v1/dead-letters/some?a=b", "a")]
    [TestCase("/api/v1/devices/d?a=b", "a")]
    public async Task A_parameter_that_is_not_known_or_given_twice_is_refused_by_name(string path, string name) =>
        (await GetAsync(path)).AssertWrong(name);

    [TestCase("/api/v1/timers?a=b")]
    [TestCase("/api/v1/timers/batch?a=b")]
    [TestCase("/api/v1/timers/replay?dry=true")]
    public async Task A_parameter_that_is_not_known_is_refused_before_anything_is_done(string path)
    {
        const string timer = """{"url":"http://127.0.0.1:2/","delay":"PT1H","id":"unknown-parameter"}""";

        (await PostAsync(path, timer)).AssertWrong(path.Split('?', '=')[1]);

        Assert.That((await GetAsync($"{Timers}/unknown-parameter")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Several_tags_mean_all_of_them()
    {
        var both = await CreateIdAsync(new { url = Target, delay = "PT1H", tags = new[] { "edge-1", "edge-2" } });
        await CreateIdAsync(new { url = Target, delay = "PT1H", tags = new[] { "edge-1" } });

        var found = (await GetAsync($"{Timers}?tag=edge-1&tag=edge-2")).Json.GetProperty("items").EnumerateArray().ToList();

        Assert.That(found.Select(timer => timer.GetProperty("id").GetString()), Is.EqualTo(new[] { both }));
        (await GetAsync($"{Timers}?tag=edge-1&tag=")).AssertWrong("tag");
    }

    [TestCase("PT1,5S", 1.5)]
    [TestCase("PT1.5S", 1.5)]
    [TestCase("P0.5D", 43_200)]
    [TestCase("PT0.5H", 1_800)]
    [TestCase("PT1H0.5M", 3_630)]
    [TestCase("P1.5W", 907_200)]
    [TestCase("P1DT1S", 86_401)]
    public async Task A_duration_may_have_a_fraction_in_its_last_unit(string delay, double seconds)
    {
        var answer = await CreateAsync(new { url = Target, delay });

        Assert.That(double.Parse(answer["timeLeft"], System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(seconds).Within(60));
        Assert.That(answer.Json.GetProperty("dueAt").GetDateTimeOffset() - answer.Json.GetProperty("createdAt").GetDateTimeOffset(),
            Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(seconds)).And.LessThan(TimeSpan.FromSeconds(seconds + 1)));
    }

    [TestCase("P")]
    [TestCase("PT")]
    [TestCase("P1DT")]
    [TestCase("PT1.5H30M")]
    [TestCase("PT1S1H")]
    [TestCase("PT1H1H")]
    [TestCase("PT.5S")]
    [TestCase("PT5.S")]
    [TestCase("P1H")]
    [TestCase("PT1D")]
    [TestCase("P1Y")]
    [TestCase("P1M")]
    [TestCase("P1W1D")]
    [TestCase("PT 1S")]
    [TestCase("pt1s")]
    [TestCase("PT99999999999999999999999999999S")]
    public async Task What_is_no_duration_of_fixed_length_is_refused(string delay) =>
        (await PostAsync(Timers, new { url = Target, delay })).AssertWrong("delay");

    [TestCase("""{"hours":1,"minutes":30,"seconds":null}""", "delay.seconds")]
    [TestCase("""{"hours":null}""", "delay.hours")]
    public async Task Parts_of_a_duration_are_numbers(string delay, string field) =>
        (await PostAsync(Timers, $$"""{"url":"{{Target}}","delay":{{delay}}}""")).AssertWrong(field);

    [TestCase("2030-07-01T10:00:00+02:00[Europe/Paris]", "2030-07-01T08:00:00.000Z")]
    [TestCase("2030-07-01T08:00:00Z[Europe/Paris]", "2030-07-01T08:00:00.000Z")]
    [TestCase("2030-07-01T10:00:00+02:00[+02:00]", "2030-07-01T08:00:00.000Z")]
    [TestCase("2030-07-01T10:00:00+02:00[!Europe/Paris][u-ca=gregory]", "2030-07-01T08:00:00.000Z")]
    [TestCase("2030-07-01T10:00:00+02:00[u-ca=hebrew]", "2030-07-01T08:00:00.000Z")]
    public async Task An_instant_may_have_its_zone_in_brackets(string dueAt, string read) =>
        Assert.That((await CreateAsync(new { url = Target, dueAt }))["dueAt"], Is.EqualTo(read));

    [TestCase("2030-07-01T10:00:00+01:00[Europe/Paris]")]
    [TestCase("2030-07-01T10:00:00+02:00[Europe/Nowhere]")]
    [TestCase("2030-07-01T10:00:00[Europe/Paris]")]
    [TestCase("2030-07-01T10:00:00Z[]")]
    [TestCase("2030-07-01T10:00:00Z[Europe/Paris")]
    [TestCase("2030-07-01T10:00:00Z[Europe/Paris][Europe/Rome]")]
    [TestCase("2030-07-01T10:00:00Z[!u-ca=hebrew]")]
    [TestCase("[Europe/Paris]")]
    public async Task A_zone_that_does_not_agree_with_the_offset_is_refused(string dueAt) =>
        (await PostAsync(Timers, new { url = Target, dueAt })).AssertWrong("dueAt");

    [Test]
    public async Task Instants_of_events_may_have_a_zone_too()
    {
        const string readings = "/api/v1/devices/readings";
        var good = await PostAsync(readings, new { device = "zoned", timestamp = "2023-07-01 10:00+02:00[Europe/Paris]", count = 1 });
        var bad = await PostAsync(readings, new { device = "zoned", timestamp = "2023-07-01T10:00:00+01:00[Europe/Paris]", count = 1 });

        Assert.That(good.Status, Is.EqualTo(201).Or.EqualTo(202), good.Text);
        bad.AssertWrong("timestamp");
    }

    [Test]
    public async Task Whole_numbers_may_be_written_with_a_point()
    {
        var timer = await CreateAsync(new { url = Target, delay = "PT1H", retry = new { attempts = 3.0m } });
        var reading = await PostAsync("/api/v1/devices/readings", """{"device":"whole","timestamp":1.0,"count":3.0}""");
        var half = await PostAsync("/api/v1/devices/readings", """{"device":"whole","timestamp":2,"count":3.5}""");

        Assert.That(timer["retry"], Does.Contain("\"attempts\":3"));
        Assert.That(reading.Status, Is.EqualTo(201).Or.EqualTo(202), reading.Text);
        half.AssertWrong("count");
        Assert.That((await GetAsync($"{Timers}?limit=2.0")).Status, Is.EqualTo(200));
        (await GetAsync($"{Timers}?limit=2.5")).AssertWrong("limit");
    }

    [TestCase("/api/v1/timers", "application/json", """{"url":"http://127.0.0.1:2/","delay":"PT1H"}""")]
    [TestCase("/api/v1/timers/batch", "application/json", """[{"url":"http://127.0.0.1:2/","delay":"PT1H"}]""")]
    [TestCase("/api/v1/timers/batch", "application/x-ndjson", """{"url":"http://127.0.0.1:2/","delay":"PT1H"}""")]
    [TestCase("/api/v1/devices/readings", "application/x-ndjson", """{"device":"marked","timestamp":1,"count":1}""")]
    [TestCase("/api/v1/sites/events", "application/json", """[{"site":"marked","type":"page_view","path":"/"}]""")]
    [TestCase("/event", "application/json", """{"site_id":"marked","event_type":"page_view","path":"/"}""")]
    public async Task A_byte_order_mark_is_skipped(string path, string type, string body)
    {
        using var content = new ByteArrayContent([0xef, 0xbb, 0xbf, .. System.Text.Encoding.UTF8.GetBytes(body)]);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);

        var answer = await SendAsync(HttpMethod.Post, path, content);

        Assert.That(answer.Status, Is.EqualTo(201).Or.EqualTo(202), answer.Text);
    }
}
