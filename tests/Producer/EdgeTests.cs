using System.IO.Compression;
using System.Text;

namespace Tests.Producer;

/// <summary>Requests at the edge of what is allowed: each once slipped through, or was refused for the wrong reason.</summary>
public sealed class EdgeTests : RestTests
{
    private const string Good = $$"""{"url":"{{Target}}","delay":"PT1H"}""";

    [Test]
    public async Task An_id_that_routes_already_mean_is_refused_in_every_case()
    {
        var answer = await PostAsync(Timers, new { url = Target, delay = "PT1H", id = "STATS" });

        Assert.That((answer.Status, answer.Json.GetProperty("errors").TryGetProperty("id", out _)), Is.EqualTo((400, true)));
    }

    [Test]
    public async Task A_batch_of_errors_has_an_answer_that_is_bounded_and_says_how_many_more_there_are()
    {
        var wrong = $"{{{string.Join(',', Enumerable.Range(0, 50).Select(i => $"\"{new string('x', 150)}{i}\":1"))}}}";

        var answer = await PostAsync($"{Timers}/batch", $"[{string.Join(',', Enumerable.Repeat(wrong, 1_000))}]");

        Assert.That(answer.Status, Is.EqualTo(400));
        var results = answer.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.That(results, Has.Count.EqualTo(1_000));
        Assert.That(answer.Text, Has.Length.LessThan(1_000_000), "the errors alone would be eight times as much");
        Assert.That(results[^1].GetRawText(), Does.Match("has [0-9]+ more errors, which are not listed"));
    }

    [Test]
    public async Task Brackets_that_never_end_are_refused_without_being_parsed_into_a_tree()
    {
        var answer = await PostAsync($"{Timers}/batch", "[" + new string('[', 9_000) + new string(']', 9_000) + "," + Good + "]");

        Assert.That(answer.Status, Is.EqualTo(207));
        Assert.That(answer.Json.GetProperty("results")[1].GetProperty("status").GetInt32(), Is.EqualTo(201));
        (await PostAsync($"{Timers}/batch", new string('[', 100_000))).AssertWrong("$");
    }

    [Test]
    public async Task One_item_that_is_too_deep_does_not_refuse_the_rest_of_an_array()
    {
        var deep = $$"""{"url":"{{Target}}","delay":"PT1H","body":{{new string('[', 100)}}{{new string(']', 100)}}}""";

        var answer = await PostAsync($"{Timers}/batch", $"[{Good},{deep},{Good}]");

        Assert.That((answer.Status, answer["accepted"], answer["refused"]), Is.EqualTo((207, "2", "1")), answer.Text);
    }

    [TestCase(8)]
    [TestCase(9)]
    [TestCase(500)]
    public async Task A_gzip_body_that_was_cut_short_is_refused_whole(int missing)
    {
        var lines = string.Concat(Enumerable.Repeat(Good + "\n", 500));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.NoCompression))
        {
            gzip.Write(Encoding.UTF8.GetBytes(lines));
        }

        var content = Content(packed.ToArray()[..^missing], "application/x-ndjson")!;
        content.Headers.ContentEncoding.Add("gzip");
        var before = (await GetAsync($"{Timers}/stats"))["total"];

        var answer = await SendAsync(HttpMethod.Post, $"{Timers}/batch", content);

        Assert.That(answer.Status, Is.EqualTo(400), answer.Text);
        Assert.That((await GetAsync($"{Timers}/stats"))["total"], Is.EqualTo(before));
    }

    [TestCase("zstd")]
    [TestCase("deflate")]
    [TestCase("gzip, gzip")]
    public async Task An_encoding_that_is_not_known_is_refused_and_not_read_as_plain(string encoding)
    {
        var content = Content(Good)!;
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);

        var answer = await SendAsync(HttpMethod.Post, Timers, content);

        Assert.That(answer.Status, Is.EqualTo(415), answer.Text);
    }

    [Test]
    public async Task A_uuid_of_ones_own_is_the_same_request_in_either_case()
    {
        var id = Guid.NewGuid().ToString("D");

        var first = await PostAsync(Timers, new { url = Target, delay = "PT1H", id = id.ToUpperInvariant() });
        var again = await PostAsync(Timers, new { url = Target, delay = "PT1H", id });

        Assert.That((first.Status, first["id"], again.Status, again["id"]), Is.EqualTo((201, id, 201, id)));
    }

    [Test]
    public async Task An_idempotency_key_on_a_batch_is_refused_and_not_ignored()
    {
        var answer = await PostAsync($"{Timers}/batch", $"[{Good}]", ("Idempotency-Key", "k"));

        Assert.That((answer.Status, answer.Json.GetProperty("errors").TryGetProperty("Idempotency-Key", out _)), Is.EqualTo((400, true)));
    }

    [Test]
    public async Task Fifty_contenders_for_a_key_get_one_timer_and_all_but_one_are_told_that_it_was_there()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync(Timers, Good, ("Idempotency-Key", "contended"))));

        Assert.That(answers.Select(answer => answer.Status), Has.All.EqualTo(201));
        Assert.That(answers.Select(answer => answer["id"]).Distinct().ToList(), Has.Count.EqualTo(1));
        Assert.That(answers.Count(answer => answer.Headers.Contains("Idempotent-Replayed")), Is.EqualTo(49));
    }

    [Test]
    public async Task A_week_is_a_duration()
    {
        var answer = await CreateAsync(new { url = Target, delay = "P1W" });

        Assert.That(double.Parse(answer["timeLeft"]), Is.EqualTo(7 * 86_400).Within(60));
    }
}
