using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Tests.Producer;

/// <summary>POST /api/v1/timers/batch.</summary>
public sealed class ScheduleTimerBatchTests : RestTests
{
    private const string Batch = $"{Timers}/batch";
    private const string Ndjson = "application/x-ndjson";
    private const string Good = $$"""{"url":"{{Target}}","delay":"PT1H"}""";

    [Test]
    public async Task Batch_of_good_items_answers_201_with_their_ids_in_order()
    {
        var answer = await PostAsync(Batch, $"[{Good}, {{\"url\":\"{Target}\",\"delay\":\"PT2H\",\"id\":\"second\"}}]");

        var results = answer.Json.GetProperty("results");
        Assert.Multiple(() =>
        {
            Assert.That((answer.Status, answer["accepted"], answer["refused"]), Is.EqualTo((201, "2", "0")));
            Assert.That(results[0].GetProperty("status").GetInt32(), Is.EqualTo(201));
            Assert.That(results[1].GetProperty("id").GetString(), Is.EqualTo("second"));
            Assert.That(results.EnumerateArray().Select(item => item.GetProperty("index").GetInt32()), Is.EqualTo([0, 1]));
        });
        Assert.That((await GetAsync($"{Timers}/{results[0].GetProperty("id").GetString()}")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Batch_with_bad_items_answers_207_names_what_is_wrong_and_keeps_the_good_ones()
    {
        var answer = await PostAsync(Batch, $$"""
            [{{Good}}, {"url":"x","delay":1}, 7, {"url":"{{Target}}","url":"{{Target}}","delay":"PT1S"}, {"\ud800":"x"}]
            """);

        var results = answer.Json.GetProperty("results");
        Assert.Multiple(() =>
        {
            Assert.That((answer.Status, answer["accepted"], answer["refused"]), Is.EqualTo((207, "1", "4")), answer.Text);
            Assert.That(Errors(results[1]), Is.EquivalentTo(["url", "delay"]));
            Assert.That(Errors(results[2]), Is.EqualTo(["$"]));
            Assert.That(Errors(results[3]), Is.EqualTo(["$"]));
        });
        Assert.That((await GetAsync($"{Timers}/{results[0].GetProperty("id").GetString()}")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Batch_without_a_good_item_answers_400_with_the_results()
    {
        var answer = await PostAsync(Batch, "[{}, null]");

        Assert.That((answer.Status, answer["accepted"], answer["refused"]), Is.EqualTo((400, "0", "2")));
    }

    [TestCase(Good + "\n" + Good + "\n", 201, 2)]
    [TestCase("\r\n" + Good + "\r\n\r\n " + Good, 201, 2)]
    [TestCase(Good + "\n{oops\n" + Good, 207, 2)]
    [TestCase("{oops", 400, 0)]
    public async Task Batch_of_lines_takes_one_item_a_line(string lines, int status, int accepted)
    {
        var answer = await SendAsync(HttpMethod.Post, Batch, Content(lines, Ndjson));

        Assert.That((answer.Status, answer["accepted"]), Is.EqualTo((status, accepted.ToString())), answer.Text);
    }

    [Test]
    public async Task Batch_in_gzip_is_unpacked()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes($"[{Good}]"));
        }

        Assert.That((await SendGzipAsync(packed.ToArray())).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task Batch_that_unpacks_to_more_than_10_MB_answers_413()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[11 * 1024 * 1024]);
        }

        (await SendGzipAsync(packed.ToArray())).AssertProblem(413);
    }

    [TestCase("not gzip at all")]
    [TestCase("\u001f\u008b\u0008\u0000")]
    public async Task Batch_in_broken_gzip_answers_400(string bytes) =>
        (await SendGzipAsync(Encoding.Latin1.GetBytes(bytes))).AssertProblem(400);

    [Test]
    public async Task Batch_larger_than_10_MB_answers_413()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Batch) { Content = Content(new byte[(10 * 1024 * 1024) + 1]) };

        // So that the refusal comes before the body does, and the connection is not cut under it.
        request.Headers.ExpectContinue = true;
        (await Answer.ReadAsync(await Http.SendAsync(request))).AssertProblem(413);
    }

    [Test]
    public async Task Batch_of_10_000_items_is_accepted_and_of_more_refused()
    {
        var most = string.Join(',', Enumerable.Repeat(Good, 10_000));

        var accepted = await PostAsync(Batch, $"[{most}]");
        var refused = await PostAsync(Batch, $"[{most},{Good}]");
        var lines = await SendAsync(HttpMethod.Post, Batch, Content(string.Join('\n', Enumerable.Repeat(Good, 10_001)), Ndjson));

        Assert.That((accepted.Status, accepted["accepted"]), Is.EqualTo((201, "10000")));
        refused.AssertWrong("$");
        lines.AssertWrong("$");
    }

    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("[" + Good)]
    [TestCase("")]
    public async Task Batch_that_is_not_an_array_of_items_answers_400(string body) => (await PostAsync(Batch, body)).AssertWrong("$");

    [Test]
    public async Task Batch_of_an_unknown_content_type_answers_415() =>
        (await SendAsync(HttpMethod.Post, Batch, Content($"[{Good}]", "text/csv"))).AssertProblem(415);

    [Test]
    public async Task Batch_with_keyed_items_repeats_the_first_and_refuses_other_content()
    {
        var keyed = $$"""{"url":"{{Target}}","dueAt":"2030-01-31T08:00:00Z","id":"batch-key"}""";
        var other = keyed.Replace("08:00", "09:00", StringComparison.Ordinal);

        var first = await PostAsync(Batch, $"[{keyed},{keyed},{other}]");
        var again = await PostAsync(Batch, $"[{keyed}]");

        var statuses = first.Json.GetProperty("results").EnumerateArray().Select(item => item.GetProperty("status").GetInt32());
        Assert.Multiple(() =>
        {
            Assert.That((first.Status, again.Status), Is.EqualTo((207, 201)), first.Text);
            Assert.That(statuses, Is.EqualTo([201, 201, 409]));
            Assert.That(Errors(first.Json.GetProperty("results")[2]), Is.EqualTo(["id"]));
        });
    }

    private async Task<Answer> SendGzipAsync(byte[] packed)
    {
        var content = Content(packed)!;
        content.Headers.ContentEncoding.Add("gzip");
        return await SendAsync(HttpMethod.Post, Batch, content);
    }

    private static IEnumerable<string> Errors(JsonElement result) =>
        result.GetProperty("errors").EnumerateObject().Select(field => field.Name);
}
