namespace Tests.Producer;

/// <summary>Creating under a key of the client's: the first wins, a repetition gives it again, another content is refused.</summary>
public sealed class KeyedTimersTests : RestTests
{
    [Test]
    public async Task Post_repeated_under_an_idempotency_key_gives_the_first_timer_again()
    {
        var request = new { url = Target, delay = "PT1H" };
        var first = await PostAsync(Timers, request, ("Idempotency-Key", "again"));
        await ClockMovesOnAsync();

        var second = await PostAsync(Timers, request, ("Idempotency-Key", "again"));

        Assert.Multiple(() =>
        {
            Assert.That((first.Status, second.Status), Is.EqualTo((201, 201)));
            Assert.That(second.Text, Does.Contain(first["id"]));
            Assert.That(second["dueAt"], Is.EqualTo(first["dueAt"]));
            Assert.That(first.Headers.Contains("Idempotent-Replayed"), Is.False);
            Assert.That(second.Headers.GetValues("Idempotent-Replayed"), Is.EqualTo(["true"]));
        });
    }

    [Test]
    public async Task Post_of_other_content_under_a_used_idempotency_key_answers_409_with_the_id()
    {
        var first = await PostAsync(Timers, new { url = Target, delay = "PT1H" }, ("Idempotency-Key", "taken"));

        var second = await PostAsync(Timers, new { url = Target, delay = "PT2H" }, ("Idempotency-Key", "taken"));

        second.AssertProblem(409);
        Assert.That(second["detail"], Does.Contain(first["id"]));
    }

    [Test]
    public async Task Post_under_an_own_id_repeats_and_refuses_as_under_a_key()
    {
        var request = new { url = Target, dueAt = "2030-01-31T08:00:00Z", id = "mine" };
        await CreateAsync(request);

        var again = await PostAsync(Timers, request);
        var other = await PostAsync(Timers, new { url = Target, dueAt = "2030-01-31T09:00:00Z", id = "mine" });

        Assert.That((again.Status, again["id"]), Is.EqualTo((201, "mine")));
        other.AssertProblem(409);
    }

    [Test]
    public async Task Posts_racing_for_one_key_make_one_timer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(1, 20).Select(
            i => PostAsync(Timers, new { url = Target, delay = $"PT{i}H" }, ("Idempotency-Key", "race"))));

        Assert.That(answers.Select(answer => answer.Status).Order(), Is.EqualTo([201, .. Enumerable.Repeat(409, 19)]));
    }

    [Test]
    public async Task Post_with_an_own_id_and_a_key_is_refused() =>
        (await PostAsync(Timers, new { url = Target, delay = "PT1H", id = "x" }, ("Idempotency-Key", "y"))).AssertWrong("id");

    [TestCase("")]
    [TestCase("two words")]
    public async Task Post_under_a_key_that_cannot_be_one_is_refused(string key) =>
        (await PostAsync(Timers, new { url = Target, delay = "PT1H" }, ("Idempotency-Key", key))).AssertWrong("Idempotency-Key");

    [Test]
    public async Task Post_under_a_key_of_255_characters_is_accepted_and_of_256_refused()
    {
        var key = new string('k', 255);

        var longest = await PostAsync(Timers, new { url = Target, delay = "PT1H" }, ("Idempotency-Key", key));
        var longer = await PostAsync(Timers, new { url = Target, delay = "PT1H" }, ("Idempotency-Key", key + "k"));

        Assert.That(longest.Status, Is.EqualTo(201));
        longer.AssertWrong("Idempotency-Key");
    }

    /// <summary>A repetition is told from the first by when it was accepted, in whole milliseconds.</summary>
    private static async Task ClockMovesOnAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        await Support.Eventually.That(
            () => TimeProvider.System.GetUtcNow() > now.AddMilliseconds(2), TimeSpan.FromSeconds(1), "time passes");
    }
}
