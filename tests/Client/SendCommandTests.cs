using System.Text;
using System.Text.Json;
using Client;
using Client.Connections;
using Client.Sending;
using ClientLibrary;
using ClientLibrary.Events;
using Tests.Support;

namespace Tests.Client;

/// <summary>timers send and generate, against the real application: each line counts once.</summary>
public sealed class SendCommandTests
{
    private HostedStandalone app = null!;
    private HttpClient http = null!;
    private TemporaryFolder folder = null!;

    [SetUp]
    public void Start()
    {
        app = new HostedStandalone();
        http = app.CreateClient();
        folder = new TemporaryFolder();
    }

    [TearDown]
    public async Task StopAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        folder.Dispose();
    }

    [TestCaseSource(typeof(SentEvents), nameof(SentEvents.Slices))]
    public async Task A_file_sent_twice_counts_once_with_or_without_its_checkpoint(string slice)
    {
        var file = await WriteAsync(await SentEvents.GenerateAsync(slice, 500, seed: 3));

        var first = await SendAsync("send", slice, file, "--batch", "90");
        Assert.That(first.Lines[^1], Is.EqualTo($"{file}: 500 lines; 500 accepted (0 duplicates), 0 rejected"), first.Errors);
        var counted = await SentEvents.CountAsync(http, slice);
        Assert.That(counted, Is.EqualTo(500));

        var second = await SendAsync("send", slice, file);
        Assert.That(second.Lines[^1], Is.EqualTo($"{file}: 500 lines, 500 of them before; 500 accepted (0 duplicates), 0 rejected"));
        var restarted = await SendAsync("send", slice, file, "--restart");
        Assert.That(restarted.Lines[^1], Is.EqualTo($"{file}: 500 lines; 500 accepted (500 duplicates), 0 rejected"));

        // On another machine, under another name, in other batches.
        File.Delete($"{file}.{slice}.checkpoint");
        File.Move(file, folder.File("copy"));
        var copy = await SendAsync("send", slice, folder.File("copy"), "--batch", "7", "--checkpoints", folder.File("kept"), "--json");
        Assert.That(
            JsonElement.Parse(copy.Lines[^1]).GetProperty("duplicates").GetInt32(), Is.EqualTo(500), copy.Errors);
        Assert.That(Directory.GetFiles(folder.File("kept")), Has.Length.EqualTo(1));
        Assert.That(await SentEvents.CountAsync(http, slice), Is.EqualTo(counted));
    }

    [TestCaseSource(typeof(SentEvents), nameof(SentEvents.Slices))]
    public async Task A_file_cut_off_in_the_middle_and_resumed_counts_once(string slice)
    {
        var file = await WriteAsync(await SentEvents.GenerateAsync(slice, 500, seed: 4));
        var store = new CheckpointFile($"{file}.{slice}.checkpoint");
        using var connection = new ServiceConnection(http.BaseAddress!);
        using var cut = new CancellationTokenSource();
        var view = new CuttingView(cut, afterLine: 200);
        var feed = ClientSlices.All.Select(each => each.Feed).OfType<EventFeed>().Single(each => each.Name == slice);
        var target = new Checkpoint { Service = connection.Address.AbsoluteUri, Slice = slice, Salt = string.Empty };
        using (var opened = await SentFile.OpenAsync(file, store, target, restarts: false, default))
        {
            var sender = new FileSender(new EventClient(connection), feed, 30, view);
            Assert.That(
                async () => await sender.SendAsync(opened.Stream, opened.Begin, opened.Sent, opened.Length, store, cut.Token),
                Throws.InstanceOf<OperationCanceledException>());
        }

        var before = store.Read()!.Line;
        Assert.That(before, Is.InRange(200, 400), "it was cut in the middle");
        var rest = await SendAsync("send", slice, file);
        Assert.That(rest.Lines[^1], Is.EqualTo($"{file}: 500 lines, {before} of them before; 500 accepted (0 duplicates), 0 rejected"));
        Assert.That(await SentEvents.CountAsync(http, slice), Is.EqualTo(500));
    }

    [Test]
    public async Task Timers_are_sent_too_and_created_once()
    {
        var file = await WriteAsync(
            [.. Enumerable.Range(0, 50).Select(i => $$"""{"url":"http://127.0.0.1:2/{{i}}","delay":"PT1H"}""")]);

        Assert.That((await SendAsync("send", "timers", file)).Code, Is.Zero);
        Assert.That((await SendAsync("send", "timers", file, "--restart")).Code, Is.Zero);

        Assert.That(await http.CountAsync("scheduled"), Is.EqualTo(50));
    }

    [Test]
    public async Task What_is_refused_is_told_by_its_line_and_the_others_count()
    {
        var file = folder.File("mixed.jsonl");
        await File.WriteAllTextAsync(file, "\uFEFF" + string.Join("\r\n", [
            """{"user":"u","name":"add_revenue","value":1}""",
            "",
            "no json",
            """{"user":"u","name":"add_revenue","value":-1}""",
            """{"user":"u","name":"nobody_knows","value":1}""",
            """{"eventId":null,"user":"u","name":"add_revenue","value":2}""",
            """[1]""",
            """{"user":"u","original":"none","delta":"1"}""",
            """{}""",
            """{"user":"u","name":"add_revenue","value":4} x""",
        ]) + "\r\n");

        var run = await SendAsync("send", "revenue", file);

        Assert.That(run.Code, Is.EqualTo(1));
        Assert.That(run.Output, Is.EqualTo($"{file}: 10 lines; 2 accepted (0 duplicates), 7 rejected\n"));
        var told = run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ToArray();
        Assert.That(told.Select(line => line[(file.Length + 1)..].Split(':')[0]).Select(int.Parse).Order(),
            Is.EqualTo(new[] { 3, 4, 5, 7, 8, 9, 10 }), run.Errors);
        Assert.That(told, Has.Some.StartsWith($"{file}:4: value must").And.Some.Contains(":3: is not a JSON object"));
        Assert.That(await SentEvents.CountAsync(http, "revenue"), Is.EqualTo(2));

        var json = await SendAsync("send", "revenue", file, "--restart", "--json");
        Assert.That(json.Code, Is.EqualTo(1));
        Assert.That(JsonElement.Parse(json.Lines[^1]).GetProperty("duplicates").GetInt32(), Is.EqualTo(2), "a null is no id of its own");
        Assert.That(json.Lines[..^1].Select(line => JsonElement.Parse(line).GetProperty("line").GetInt32()),
            Is.EquivalentTo(new[] { 3, 4, 5, 7, 8, 9, 10 }));
    }

    [Test]
    public async Task A_file_that_grows_is_sent_on_and_a_line_that_is_being_written_waits()
    {
        var line = """{"user":"u","name":"add_revenue","value":1}""";
        var file = folder.File("log.jsonl");
        await File.WriteAllTextAsync(file, $"{line}\n{line}\n{line[..20]}");

        var first = await SendAsync("send", "revenue", file);
        Assert.That((first.Code, first.Output), Is.EqualTo((1, $"{file}: 2 lines; 2 accepted (0 duplicates), 1 rejected\n")));

        await File.AppendAllTextAsync(file, $"{line[20..]}\n{line}");
        var second = await SendAsync("send", "revenue", file);
        Assert.That(
            (second.Code, second.Output), Is.EqualTo((0, $"{file}: 4 lines, 2 of them before; 4 accepted (0 duplicates), 0 rejected\n")));
        Assert.That((await SendAsync("send", "revenue", file, "--restart")).Output, Does.Contain("4 accepted (4 duplicates)"));
    }

    [Test]
    public async Task Lines_whose_answer_was_lost_have_the_same_ids_though_the_file_has_grown()
    {
        var line = """{"user":"u","name":"add_revenue","value":1}""";
        var file = await WriteAsync([line, line]);

        // As if the service had stored the first lines and its answer had never come: the copy has the ids that the file's lines have.
        File.Copy(file, folder.File("copy"));
        await SendAsync("send", "revenue", folder.File("copy"));
        var lost = await CommandRun.OnAsync(new Uri("http://127.0.0.1:2"), "send", "revenue", file, "--retry-for", "0s");
        Assert.That(lost.Code, Is.EqualTo(3));
        await File.AppendAllTextAsync(file, $"{line}\n");

        Assert.That((await SendAsync("send", "revenue", file)).Output, Does.Contain(": 3 lines; 3 accepted (2 duplicates)"));
    }

    [Test]
    public async Task A_file_that_has_changed_is_not_guessed_about()
    {
        var lines = Enumerable.Range(1, 10).Select(i => $$"""{"user":"u","name":"add_revenue","value":{{i}}}""").ToArray();
        lines[4] = """{"user":"u","name":"add_revenue","value":-5}""";
        var file = await WriteAsync(lines);
        Assert.That((await SendAsync("send", "revenue", file)).Code, Is.EqualTo(1));

        // The bad line is put right, as people do.
        lines[4] = """{"user":"u","name":"add_revenue","value":5}""";
        await WriteAsync(lines);
        var refused = await SendAsync("send", "revenue", file);
        Assert.That((refused.Code, refused.Output), Is.EqualTo((2, string.Empty)));
        Assert.That(refused.Errors, Does.Contain("--restart").And.Contain($"{file}.revenue.checkpoint"));

        var restarted = await SendAsync("send", "revenue", file, "--restart");
        Assert.That((restarted.Code, restarted.Output), Is.EqualTo((0, $"{file}: 10 lines; 10 accepted (9 duplicates), 0 rejected\n")));
        Assert.That(await SentEvents.CountAsync(http, "revenue"), Is.EqualTo(10));
    }

    [Test]
    public async Task The_same_content_with_another_salt_is_another_file()
    {
        var file = await WriteAsync(["""{"user":"u","name":"add_revenue","value":1}"""]);
        await SendAsync("send", "revenue", file);

        Assert.That((await SendAsync("send", "revenue", file, "--salt", "tuesday")).Output, Does.Contain("1 accepted (0 duplicates)"));
        Assert.That((await SendAsync("send", "revenue", file, "--salt", "tuesday", "--restart")).Output, Does.Contain("(1 duplicates)"));
    }

    [Test]
    public async Task Another_service_gets_the_file_from_its_first_line()
    {
        var file = await WriteAsync(["""{"user":"u","name":"add_revenue","value":1}"""]);
        await SendAsync("send", "revenue", file);
        await using var other = new HostedStandalone();
        using var there = other.CreateClient();

        var run = await CommandRun.OnAsync(there.BaseAddress, "send", "revenue", file);

        Assert.That(run.Output, Is.EqualTo($"{file}: 1 lines; 1 accepted (0 duplicates), 0 rejected\n"));
        Assert.That(await SentEvents.CountAsync(there, "revenue"), Is.EqualTo(1));
    }

    [Test]
    public async Task Lines_come_from_the_standard_input_too()
    {
        var lines = await SentEvents.GenerateAsync("devices", 20, seed: 5);

        var run = await CommandRun.RunAsync(
            new() { ["TIMERS_URL"] = http.BaseAddress!.AbsoluteUri }, Encoding.UTF8.GetBytes(string.Join('\n', lines)),
            "send", "devices", "-");

        Assert.That((run.Code, run.Output), Is.EqualTo((0, "-: 20 lines; 20 accepted (0 duplicates), 0 rejected\n")));
    }

    [Test]
    public async Task A_service_that_stays_away_and_a_file_that_is_not_there_are_told()
    {
        var file = await WriteAsync(["{}"]);
        var away = await CommandRun.OnAsync(new Uri("http://127.0.0.1:2"), "send", "sites", file, "--retry-for", "1s");
        Assert.That((away.Code, away.Errors), Is.EqualTo((3, away.Errors)));
        Assert.That(away.Errors, Does.Contain("tries again in").And.Contain("the same command goes on"));

        Assert.That((await SendAsync("send", "sites", folder.File("none"))).Code, Is.EqualTo(2));
        Assert.That((await SendAsync("send", "nothing", file)).Code, Is.EqualTo(2));
    }

    [Test]
    public async Task Generated_events_depend_on_their_seed_alone()
    {
        foreach (var slice in (string[])[.. SentEvents.Slices, "timers"])
        {
            var lines = await Task.WhenAll(new[] { 1, 1, 2 }.Select(seed => CommandRun.OnAsync(
                null, "generate", slice, "--count", "40", "--seed", $"{seed}", "--until", "2026-01-31T12:00:00Z", "--step", "1m")));
            Assert.That(lines[0].Output, Is.EqualTo(lines[1].Output).And.Not.EqualTo(lines[2].Output), slice);
        }
    }

    [Test]
    public void The_bar_tells_how_far_it_is()
    {
        var checkpoint = new Checkpoint { Service = "s", Slice = "x", Salt = "y", Line = 12_345, Rejected = 2 };

        Assert.That(SendView.Bar(0.41, checkpoint, 2310.4), Is.EqualTo("[########------------]  41 %  12,345 lines  2,310/s  2 rejected"));
        Assert.That(SendView.Bar(null, checkpoint with { Rejected = 0 }, 5), Is.EqualTo("12,345 lines  5/s"));
    }

    [Test]
    public async Task A_terminal_sees_a_bar_and_a_pipe_does_not()
    {
        var file = await WriteAsync(await SentEvents.GenerateAsync("sites", 30, seed: 6));
        foreach (var isTerminal in new[] { true, false })
        {
            using var errors = new StringWriter();
            var shell = new Shell(TextWriter.Null, errors) { ShowsProgress = isTerminal, Variable = _ => null };
            var url = http.BaseAddress!.AbsoluteUri;
            await CommandLine.RunAsync(
                CommandLine.Create(ClientSlices.All, shell), shell, "send", "sites", file, "--url", url, "--restart", "--batch", "10");
            Assert.That(errors.ToString().Contains("[####################] 100 %", StringComparison.Ordinal), Is.EqualTo(isTerminal));
        }
    }

    private async Task<string> WriteAsync(string[] lines)
    {
        var file = folder.File("events.jsonl");
        await File.WriteAllTextAsync(file, string.Concat(lines.Select(line => $"{line}\n")));
        return file;
    }

    private Task<CommandRun> SendAsync(params string[] arguments) => CommandRun.OnAsync(http.BaseAddress, arguments);

    /// <summary>Cuts the sending off once a line was answered.</summary>
    private sealed class CuttingView(CancellationTokenSource cut, long afterLine) : ISendView
    {
        public void Rejected(long line, int status, string reason) => Assert.Fail($"{line}: {reason}");

        public void Advanced(Checkpoint checkpoint, long? length)
        {
            if (checkpoint.Line >= afterLine)
            {
                cut.Cancel();
            }
        }
    }
}
