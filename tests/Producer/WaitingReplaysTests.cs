using System.Text.Json;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Replaying a dead letter on a log that is applied later: 202 at once, 200 for those who wait.</summary>
public sealed class WaitingReplaysTests : RestTests
{
    private const string Letters = "/api/v1/dead-letters";
    private static readonly Guid Epoch = Guid.NewGuid();
    private static long next;

    private readonly DeferredLog log = new() { HasPositions = true };
    private ManualProgress progress = null!;

    private IDeadLetterStore Store => App.Services.GetRequiredService<IDeadLetterStore>();

    protected override HostedStandalone CreateApp()
    {
        progress = new ManualProgress();
        return new(services => services
            .AddSingleton<IEventPublisher<TimerScheduled>>(log)
            .AddKeyedSingleton<ILogProgress>(TimerMessages.Topic, progress));
    }

    [SetUp]
    public void Reset()
    {
        progress.IsApplied = true;
        progress.Failure = null;
        progress.OnWait = () => Task.CompletedTask;
    }

    [Test]
    public async Task Without_the_preference_it_is_answered_202_when_it_is_on_the_log()
    {
        progress.OnWait = () => throw new InvalidOperationException("Nobody is to wait.");

        var answer = await PostAsync($"{Letters}/{(await AddAsync()).Id}/replay");

        Assert.That((answer.Status, answer["state"], AppliedTo(answer)), Is.EqualTo((202, "replayed", (string?)null)));
    }

    [TestCase(true, 200)]
    [TestCase(false, 202)]
    public async Task With_the_preference_it_is_answered_200_when_it_is_applied_and_202_when_time_is_up(bool isApplied, int status)
    {
        progress.IsApplied = isApplied;

        var answer = await PostAsync($"{Letters}/{(await AddAsync()).Id}/replay", null, ("Prefer", "wait=7"));

        Assert.That((answer.Status, answer["state"], AppliedTo(answer)), Is.EqualTo((status, "replayed", "wait=7")));
    }

    [Test]
    public async Task While_the_log_cannot_be_asked_it_is_answered_202()
    {
        progress.Failure = new LogUnavailableException(global::Contracts.Storage.WriteOutcome.Refused, "The brokers are gone.");

        Assert.That((await PostAsync($"{Letters}/{(await AddAsync()).Id}/replay", null, ("Prefer", "wait=7"))).Status, Is.EqualTo(202));
    }

    [Test]
    public async Task When_it_dies_again_meanwhile_the_letter_is_open_with_the_new_reason()
    {
        var letter = await AddAsync();
        progress.OnWait = () => Store.AddAsync(letter with { Reason = "It still does not compute." }, default);

        var answer = await PostAsync($"{Letters}/{letter.Id}/replay", null, ("Prefer", "wait=7"));

        Assert.That((answer.Status, answer["state"], answer["reason"]), Is.EqualTo((202, "open", "It still does not compute.")));
    }

    private static string? AppliedTo(Answer answer) =>
        answer.Headers.TryGetValues("Preference-Applied", out var values) ? values.Single() : null;

    private async Task<DeadLetter> AddAsync()
    {
        var position = new LogPosition(Epoch, 0, Interlocked.Increment(ref next));
        var timer = ATimer.New().Build();
        var letter = new DeadLetter
        {
            Id = DeadLetter.IdOf(TimerMessages.Topic, position),
            Topic = TimerMessages.Topic,
            Type = TimerMessages.Scheduled.Name,
            Key = TimerMessages.Scheduled.KeyOf(timer),
            Content = JsonSerializer.SerializeToUtf8Bytes(timer, TimersJson.Default.TimerScheduled),
            Position = position,
            Reason = "It does not compute.",
            DiedAt = TimeProvider.System.GetUtcNow(),
        };
        await Store.AddAsync(letter, default);
        return letter;
    }
}
