using System.Collections.Concurrent;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Messaging;
using Infrastructure.Messaging.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tests.Slices.Notes;
using Tests.Support;

namespace Tests.Contract;

/// <summary>Several types on one topic, and what a recreated topic must not be taken for.</summary>
/// <remarks>What the log of each slice promises beyond that is in <see cref="SliceLogContract{TMessage}"/>.</remarks>
[Parallelizable]
public sealed class KafkaTopicTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Types_that_share_a_topic_keep_the_order_of_each_key()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var handler = new NotesInOrder();
        await using var publisher = await KafkaHost.StartAsync(
            uri, prefix, services => services.AddKafkaPublisher(NoteMessages.Written).AddKafkaPublisher(NoteMessages.Erased));
        await publisher.ReachedAsync();
        await using var consumer = await KafkaHost.StartAsync(uri, prefix, services => services
            .AddSingleton<IBatchHandler<NoteWritten>>(handler).AddSingleton<IBatchHandler<NoteErased>>(handler)
            .AddDeadLettersInMemory()
            .AddMessageRoute(NoteMessages.Written).AddMessageRoute(NoteMessages.Erased).AddKafkaConsumer(NoteMessages.Topic));
        var write = publisher.Services.GetRequiredService<IEventPublisher<NoteWritten>>();
        var erase = publisher.Services.GetRequiredService<IEventPublisher<NoteErased>>();
        const int Keys = 6;
        const int Rounds = 40;

        await Task.WhenAll(Enumerable.Range(0, Keys).Select(async key =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                await write.PublishAsync([new NoteWritten($"note-{key}", $"{i}")], default);
                await erase.PublishAsync([new NoteErased($"note-{key}")], default);
            }
        }));

        var expected = Enumerable.Range(0, Rounds).SelectMany(i => new[] { $"{i}", "erased" });
        await Eventually.That(() => handler.ByNote.Values.Sum(steps => steps.Count) >= Keys * Rounds * 2, MaxWait, "all are applied");
        Assert.That(handler.ByNote, Has.Count.EqualTo(Keys));
        Assert.That(handler.ByNote.Values, Is.All.EqualTo(expected));
    }

    [Test]
    public async Task What_a_member_commits_after_the_topic_was_recreated_hides_nothing_of_the_new_one()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        await using var publisher = await KafkaHost.StartPublisherAsync(uri, prefix);
        await publisher.Publisher.PublishAsync([.. Enumerable.Range(0, 200).Select(_ => ATimer.New().Build())], default);
        var release = new TaskCompletionSource();
        var slow = new RecordingHandler { Before = _ => release.Task };
        var later = new RecordingHandler();
        List<TimerScheduled> after = [.. Enumerable.Range(0, 600).Select(_ => ATimer.New().Build())];
        await using (await KafkaHost.StartConsumerAsync(uri, prefix, slow))
        {
            await Eventually.That(() => slow.Calls > 0, MaxWait, "the former topic's messages are being applied");

            await RecreateAsync(uri, $"{prefix}timers");
            await Eventually.That(
                () => TriedAsync(() => publisher.Publisher.PublishAsync(after, default)), MaxWait, "publishing resumes");
            release.SetResult();
            await Eventually.That(() => slow.Count > 0, MaxWait, "they are applied, and committed when the member leaves");
        }

        await using var fresh = await KafkaHost.StartConsumerAsync(uri, prefix, later);

        await Eventually.That(
            () => after.TrueForAll(timer => Of(slow).Concat(Of(later)).Contains(timer.TimerId)), MaxWait, "all of the new topic is read");

        static IEnumerable<Guid> Of(RecordingHandler handler) => handler.Messages.Select(message => message.TimerId);
    }

    [Test]
    public async Task What_is_published_to_a_recreated_topic_is_not_taken_for_applied()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var timer = ATimer.New().Build();
        var release = new TaskCompletionSource();
        release.SetResult();
        var handler = new RecordingHandler { Before = _ => release.Task };
        await using var publisher = await KafkaHost.StartPublisherAsync(uri, prefix);
        await using var consumer = await KafkaHost.StartConsumerAsync(uri, prefix, handler);
        var first = await publisher.Publisher.PublishAsync([.. Enumerable.Repeat(timer, 50)], default);
        Assert.That(await publisher.Progress.WaitUntilAppliedAsync(first.PositionOf(49), MaxWait, default), Is.True);

        await RecreateAsync(uri, $"{prefix}timers");
        release = new TaskCompletionSource();
        PublishReceipt? second = null;
        await Eventually.That(
            () => TriedAsync(async () => second = await publisher.Publisher.PublishAsync([timer], default)), MaxWait, "publishing resumes");

        Assert.That(second!.PositionOf(0).Epoch, Is.Not.EqualTo(first.PositionOf(0).Epoch));
        Assert.That(await IsAppliedAsync(publisher, second.PositionOf(0), TimeSpan.FromSeconds(2)), Is.False);
        Assert.That(
            await IsAppliedAsync(publisher, first.PositionOf(0), TimeSpan.FromSeconds(2)), Is.False,
            "a position that names the former topic may be the new one's: the name may be out of date by a moment");
        release.SetResult();
        Assert.That(await IsAppliedAsync(publisher, second.PositionOf(0), MaxWait), Is.True);
        Assert.That(await IsAppliedAsync(publisher, first.PositionOf(0), MaxWait), Is.True);
    }

    /// <summary>Nothing was read before, so offsets do not tell that they begin again.</summary>
    [Test]
    public async Task A_topic_that_is_recreated_while_it_is_empty_gives_no_position_of_the_former_one()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var handler = new RecordingHandler();
        var log = new KeptLog<KafkaConsumer>();
        await using var publisher = await KafkaHost.StartPublisherAsync(uri, prefix);
        await using var consumer = await KafkaHost.StartAsync(uri, prefix, services => services
            .AddSingleton<IBatchHandler<TimerScheduled>>(handler).AddKafkaTimers().AddSingleton<ILogger<KafkaConsumer>>(log));
        await Eventually.That(() => log.Text.Contains("read here: 4", StringComparison.Ordinal), MaxWait, "partitions are assigned");
        var former = publisher.Probe.EpochOf($"{prefix}timers");

        await RecreateAsync(uri, $"{prefix}timers");
        List<TimerScheduled> timers = [.. Enumerable.Range(0, 40).Select(_ => ATimer.New().Build())];
        await Eventually.That(() => TriedAsync(() => publisher.Publisher.PublishAsync(timers, default)), MaxWait, "publishing resumes");

        var owed = timers.Select(timer => timer.TimerId).ToHashSet();
        await Eventually.That(
            () => owed.SetEquals(handler.Messages.Select(timer => timer.TimerId)), MaxWait, "all are applied");
        Assert.That(handler.Received.Select(each => each.Position.Epoch), Is.All.Not.EqualTo(former).And.All.Not.EqualTo(Guid.Empty));
    }

    /// <summary>Asks until there is an answer: a broker on a busy machine may not give one in time.</summary>
    private static async Task<bool> IsAppliedAsync(KafkaHost publisher, LogPosition position, TimeSpan wait)
    {
        var isApplied = false;
        await Eventually.That(
            () => TriedAsync(async () => isApplied = await publisher.Progress.WaitUntilAppliedAsync(position, wait, default)),
            MaxWait,
            "the log can be asked");
        return isApplied;
    }

    private static Task RecreateAsync(string uri, string topic) => KafkaHost.RecreateAsync(uri, topic, partitions: 4);

    private static Task<bool> TriedAsync(Func<Task> step) => KafkaHost.TriedAsync(step);

    /// <summary>What happened to each note, in order, without repetitions.</summary>
    private sealed class NotesInOrder : IBatchHandler<NoteWritten>, IBatchHandler<NoteErased>
    {
        private readonly HashSet<LogPosition> seen = [];

        public ConcurrentDictionary<string, List<string>> ByNote { get; } = new();

        public Task HandleAsync(IReadOnlyList<Received<NoteWritten>> messages, CancellationToken cancellationToken)
        {
            foreach (var each in messages)
            {
                Add(each.Position, each.Message.Note, each.Message.Text);
            }

            return Task.CompletedTask;
        }

        public Task HandleAsync(IReadOnlyList<Received<NoteErased>> messages, CancellationToken cancellationToken)
        {
            foreach (var each in messages)
            {
                Add(each.Position, each.Message.Note, "erased");
            }

            return Task.CompletedTask;
        }

        private void Add(LogPosition position, string note, string what)
        {
            lock (seen)
            {
                if (seen.Add(position))
                {
                    ByNote.GetOrAdd(note, _ => []).Add(what);
                }
            }
        }
    }
}
