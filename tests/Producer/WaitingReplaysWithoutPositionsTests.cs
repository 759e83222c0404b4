using System.Text.Json;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Replaying a dead letter on a log without positions, as RabbitMQ's queues are: the store tells when it is applied.</summary>
public sealed class WaitingReplaysWithoutPositionsTests : RestTests
{
    private const string Letters = "/api/v1/dead-letters";

    private readonly DeferredLog log = new();

    private IDeadLetterStore Store => App.Services.GetRequiredService<IDeadLetterStore>();

    protected override HostedStandalone CreateApp() => new(services => services
        .AddSingleton<IEventPublisher<TimerScheduled>>(log)
        .AddKeyedSingleton<ILogProgress>(TimerMessages.Topic, new ManualProgress()));

    [Test]
    public async Task With_the_preference_it_is_answered_200_once_the_timer_is_stored()
    {
        var letter = await AddAsync();
        var replaying = PostAsync($"{Letters}/{letter.Id}/replay", null, ("Prefer", "wait=30"));
        await Eventually.That(() => log.Count == 1, TimeSpan.FromSeconds(20), "it is on the log");
        Assert.That(replaying.IsCompleted, Is.False, "it is on the log, and nowhere else");

        await log.ApplyAsync(App.Services.GetRequiredService<ITimerStore>());

        var answer = await replaying;
        Assert.That(
            (answer.Status, answer["state"], answer.Headers.GetValues("Preference-Applied").Single()),
            Is.EqualTo((200, "replayed", "wait=30")));
    }

    [Test]
    public async Task With_the_preference_it_is_answered_202_when_time_is_up()
    {
        var answer = await PostAsync($"{Letters}/{(await AddAsync()).Id}/replay", null, ("Prefer", "wait=1"));

        Assert.That((answer.Status, answer["state"]), Is.EqualTo((202, "replayed")));
        await log.ApplyAsync(App.Services.GetRequiredService<ITimerStore>());
    }

    private async Task<DeadLetter> AddAsync()
    {
        var timer = ATimer.New().Build();
        var letter = new DeadLetter
        {
            Id = DeadLetter.IdOf(TimerMessages.Topic, LogPosition.None),
            Topic = TimerMessages.Topic,
            Type = TimerMessages.Scheduled.Name,
            Key = TimerMessages.Scheduled.KeyOf(timer),
            Content = JsonSerializer.SerializeToUtf8Bytes(timer, TimersJson.Default.TimerScheduled),
            Reason = "It does not compute.",
            DiedAt = TimeProvider.System.GetUtcNow(),
        };
        await Store.AddAsync(letter, default);
        return letter;
    }
}
