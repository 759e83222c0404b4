using Tests.Support;

namespace Tests.Producer;

/// <summary>Cancel, pause, resume, fire, replay and change, over REST.</summary>
public sealed class ControlTests : RestTests
{
    private static readonly string[] Commands = ["cancel", "pause", "resume", "fire", "replay", "change"];

    [TestCase("cancel", "cancelled")]
    [TestCase("pause", "paused")]
    [TestCase("resume", "scheduled")]
    [TestCase("fire", "scheduled")]
    [TestCase("change", "scheduled")]
    public async Task Command_on_a_scheduled_timer_is_done(string command, string state)
    {
        var id = await CreateIdAsync();

        var answer = await RunAsync(command, id);

        Assert.Multiple(() =>
        {
            Assert.That((answer.Status, answer["id"], answer["state"]), Is.EqualTo((200, id, state)), answer.Text);
            Assert.That(answer.ETag, Is.EqualTo(command == "resume" ? "\"1\"" : "\"2\""));
        });
    }

    [Test]
    public async Task Cancel_and_pause_repeated_change_nothing()
    {
        var (cancelled, paused) = (await CreateIdAsync(), await CreateIdAsync());
        foreach (var (command, id) in new[] { ("cancel", cancelled), ("pause", paused) })
        {
            var first = await RunAsync(command, id);
            var second = await RunAsync(command, id);

            Assert.That((second.Status, second.ETag, second["state"]), Is.EqualTo((200, first.ETag, first["state"])));
        }
    }

    [TestCaseSource(nameof(Commands))]
    public async Task Command_on_an_unknown_timer_answers_404(string command)
    {
        (await RunAsync(command, "unknown")).AssertProblem(404);
        (await RunAsync(command, Guid.CreateVersion7().ToString())).AssertProblem(404);
    }

    [TestCaseSource(nameof(Commands))]
    public async Task Command_on_what_cannot_be_an_id_answers_400(string command) => (await RunAsync(command, "a%20b")).AssertWrong("id");

    [TestCaseSource(nameof(Commands))]
    public async Task Command_under_another_version_answers_412_and_does_nothing(string command)
    {
        var id = await CreateIdAsync();

        (await RunAsync(command, id, "\"7\"")).AssertProblem(412);
        (await RunAsync(command, id, "W/\"1\"")).AssertProblem(412);
        (await RunAsync(command, id, "\"elsewhere\"")).AssertProblem(412);

        Assert.That((await GetAsync($"{Timers}/{id}")).ETag, Is.EqualTo("\"1\""));
    }

    [TestCase("\"1\"")]
    [TestCase("\"9\", \"1\"")]
    [TestCase("*")]
    public async Task Command_under_the_version_it_names_is_done(string ifMatch) =>
        Assert.That((await RunAsync("pause", await CreateIdAsync(), ifMatch)).Status, Is.EqualTo(200));

    [Test]
    public async Task Command_under_a_version_that_cannot_be_read_answers_400() =>
        (await RunAsync("pause", await CreateIdAsync(), "1")).AssertWrong("If-Match");

    [TestCase("pause")]
    [TestCase("resume")]
    [TestCase("fire")]
    [TestCase("replay")]
    [TestCase("change")]
    public async Task Command_on_a_cancelled_timer_answers_409(string command)
    {
        var id = await CreateIdAsync();
        await RunAsync("cancel", id);

        (await RunAsync(command, id)).AssertProblem(409);
    }

    [Test]
    public async Task Pause_and_resume_of_a_timer_keep_its_instant()
    {
        var created = await CreateAsync();

        var paused = await RunAsync("pause", created["id"]);
        var resumed = await RunAsync("resume", created["id"]);

        Assert.That((paused["dueAt"], resumed["dueAt"]), Is.EqualTo((created["dueAt"], created["dueAt"])));
        Assert.That(paused.Json.TryGetProperty("nextAt", out _), Is.False, "no attempt follows by itself");
        Assert.That(resumed["nextAt"], Is.EqualTo(created["nextAt"]));
    }

    [Test]
    public async Task Fire_sends_the_webhook_now_and_afterwards_commands_answer_409()
    {
        await using var receiver = await Receiver.StartAsync();
        var id = await CreateIdAsync(new { url = receiver.At("/now"), delay = "PT1H" });

        await RunAsync("fire", id);

        await StateBecomesAsync(id, "succeeded");
        Assert.That(receiver.Journal.Single().TimerId, Is.EqualTo(id));
        foreach (var command in Commands)
        {
            (await RunAsync(command, id)).AssertProblem(409);
        }
    }

    [Test]
    public async Task Command_during_an_attempt_is_recorded_or_refused_and_none_follows()
    {
        var mayAnswer = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            await mayAnswer.Task;
            context.Response.StatusCode = 500;
        });
        var cancelled = await CreateIdAsync(new { url = receiver.At("/c"), delay = "PT0S" });
        var paused = await CreateIdAsync(new { url = receiver.At("/p"), delay = "PT0S" });
        await Eventually.That(() => receiver.Count == 2, TimeSpan.FromSeconds(10), "both are being sent");

        var cancel = await RunAsync("cancel", cancelled);
        var pause = await RunAsync("pause", paused);

        Assert.Multiple(() =>
        {
            Assert.That((cancel.Status, cancel["pending"]), Is.EqualTo((202, "cancel")));
            Assert.That((pause.Status, pause["pending"]), Is.EqualTo((202, "pause")));
            Assert.That(cancel.Headers.Location!.OriginalString, Is.EqualTo($"{Timers}/{cancelled}"));
        });
        Assert.That((await RunAsync("cancel", cancelled)).Status, Is.EqualTo(202));
        foreach (var command in new[] { "fire", "replay", "change", "pause" })
        {
            (await RunAsync(command, cancelled)).AssertProblem(409);
        }

        mayAnswer.SetResult();
        await StateBecomesAsync(cancelled, "cancelled");
        await StateBecomesAsync(paused, "paused");
    }

    private Task<Answer> RunAsync(string command, string id, string? ifMatch = null)
    {
        (string, string)[] headers = ifMatch is null ? [] : [("If-Match", ifMatch)];
        return command switch
        {
            "change" => PatchAsync($"{Timers}/{id}", new { delay = "PT2H" }, headers),
            _ => PostAsync($"{Timers}/{id}/{command}", null, headers),
        };
    }
}
