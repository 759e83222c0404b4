using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tests.Support;

namespace Tests.Producer;

/// <summary>What became of an accepted event, by its tracking id.</summary>
public sealed class EventsTests : RestTests
{
    private const string Poison = "http://127.0.0.1:2/poison";

    protected override HostedStandalone CreateApp() => new(services =>
    {
        services.RemoveAll<ITimerStore>();
        services.AddSingleton<ITimerStore, RejectingStore>();
    });

    [Test]
    public async Task A_create_is_applied_and_says_where_it_is()
    {
        var created = await CreateAsync();

        var tracked = await EventAsync(TrackingOf(created));

        Assert.That((tracked.Status, tracked["state"], tracked["location"]), Is.EqualTo((200, "applied", $"{Timers}/{created["id"]}")));
    }

    [Test]
    public async Task A_repetition_is_a_duplicate_of_the_first()
    {
        var fields = new { id = "twice", url = Target, dueAt = "2030-01-01T00:00:00Z" };
        var first = await CreateAsync(fields);
        var second = await CreateAsync(fields);

        Assert.That((await EventAsync(TrackingOf(first)))["state"], Is.EqualTo("applied"));
        Assert.That((await EventAsync(TrackingOf(second)))["state"], Is.EqualTo("duplicate"));
    }

    [Test]
    public async Task Each_item_of_a_batch_has_a_tracking_id_of_its_own()
    {
        var batch = await PostAsync(
            $"{Timers}/batch", new[] { new { url = Target, delay = "PT1H" }, new { url = Target, delay = "PT1H" } });

        var ids = batch.Json.GetProperty("results")
            .EnumerateArray().Select(result => result.GetProperty("trackingId").GetString()!).ToList();
        Assert.That(ids, Is.Unique.And.Count.EqualTo(2));
        foreach (var id in ids)
        {
            Assert.That((await EventAsync(id))["state"], Is.EqualTo("applied"));
        }
    }

    [Test]
    public async Task The_tracking_id_of_the_compatibility_route_is_one_too()
    {
        var created = await PostAsync("/api/v1/timer", new { hours = 1, minutes = 0, seconds = 0, webhookUrl = Target });

        Assert.That((await EventAsync(TrackingOf(created)))["state"], Is.EqualTo("applied"));
    }

    [Test]
    public async Task What_cannot_be_applied_is_rejected_and_the_others_of_its_batch_are_not()
    {
        var batch = await PostAsync(
            $"{Timers}/batch", new[]
                { new { url = Target, delay = "PT1H" }, new { url = Poison, delay = "PT1H" }, new { url = Target, delay = "PT1H" } });

        var results = batch.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.That(results.Select(result => result.GetProperty("status").GetInt32()), Is.EqualTo(new[] { 201, 500, 201 }), batch.Text);
        var letters = (await GetAsync("/api/v1/dead-letters")).Json.GetProperty("items").EnumerateArray().ToList();
        Assert.That(letters.Select(letter => letter.GetProperty("reason").GetString()), Is.All.EqualTo(RejectingStore.Reason));
    }

    [Test]
    public async Task A_create_that_cannot_be_applied_is_told_so_with_its_dead_letter()
    {
        var answer = await PostAsync(Timers, new { url = Poison, delay = "PT1H" });

        answer.AssertProblem(500);
        Assert.That(answer["detail"], Does.Contain(RejectingStore.Reason));
        var letter = await GetAsync($"/api/v1/dead-letters/{answer["deadLetter"]}");
        Assert.That((letter.Status, letter["state"]), Is.EqualTo((200, "open")));
    }

    [Test]
    public async Task The_timers_id_finds_the_dead_letter_too()
    {
        var answer = await PostAsync(Timers, new { id = "none-of-ours", url = Poison, delay = "PT1H" });

        var tracked = await EventAsync("none-of-ours");

        Assert.That((tracked.Status, tracked["state"], tracked["deadLetter"]), Is.EqualTo((200, "rejected", answer["deadLetter"])));
        Assert.That(tracked["reason"], Does.Contain(RejectingStore.Reason));
        (await EventAsync("another-id")).AssertProblem(404);
    }

    [Test]
    public async Task An_id_that_nobody_gave_or_that_is_anothers_is_unknown()
    {
        var created = await CreateAsync();
        Assert.That(TrackingId.TryParse(TrackingOf(created), out var id), Is.True);
        var anothers = id! with { Tenant = "another" };
        var mistyped = TrackingOf(created)[..^1] + (TrackingOf(created)[^1] == 'A' ? 'B' : 'A');

        foreach (var text in new[] { anothers.ToString(), mistyped, "nothing", Guid.NewGuid().ToString() })
        {
            (await EventAsync(text)).AssertProblem(404);
        }
    }

    private static string TrackingOf(Answer answer) => answer.Headers.GetValues("X-Tracking-Id").Single();

    [Test]
    public async Task An_unknown_parameter_is_400() => (await GetAsync("/api/v1/events/x?format=json")).AssertWrong("format");

    private Task<Answer> EventAsync(string id) => GetAsync($"/api/v1/events/{id}");

    /// <summary>One that does not take timers for a certain receiver.</summary>
    private sealed class RejectingStore : FaultyTimerStore
    {
        public const string Reason = "This receiver is none of ours.";

        public RejectingStore()
            : base(TimeProvider.System)
        {
        }

        public override Task AddAsync(IReadOnlyList<Received<TimerScheduled>> created, CancellationToken cancellationToken) =>
            created.Any(each => each.Message.Spec.Url.AbsolutePath == "/poison")
                ? throw new MessageRejectedException(Reason)
                : base.AddAsync(created, cancellationToken);
    }
}
