using System.Collections.Concurrent;
using System.Diagnostics;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Messaging.RabbitMq;
using Infrastructure.Timers.RabbitMq;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>RabbitMQ killed, paused and started again; who leads among the Runners.</summary>
[Parallelizable]
public sealed class RabbitMqTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(40);

    private OwnEngine rabbit = null!;

    [OneTimeSetUp]
    public void StartRabbitMq() => rabbit = Engine.StartOwn("rabbitmq");

    [OneTimeTearDown]
    public void StopRabbitMq() => rabbit.Dispose();

    [Test]
    public async Task While_RabbitMq_is_down_publishing_is_refused_at_once_and_resumes_with_it()
    {
        await using var host = await RabbitMqHost.StartPublisherAsync(
            rabbit.Uri, RabbitMqHost.NewPrefix(), ("DeliveryTimeout", "00:00:04"));
        await host.Publisher.PublishAsync([ATimer.New().Build()], default);

        rabbit.Kill();
        await Eventually.That(async () => await OutcomeAsync(host) == WriteOutcome.Refused, MaxWait, "the loss is noticed");
        var watch = Stopwatch.StartNew();
        var refused = await OutcomeAsync(host);
        var took = watch.Elapsed;
        rabbit.Start();

        await Eventually.That(async () => await OutcomeAsync(host) is null, MaxWait, "publishing resumes");
        Assert.That(refused, Is.EqualTo(WriteOutcome.Refused));
        Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task A_broker_that_hangs_gives_no_false_success()
    {
        await using var host = await RabbitMqHost.StartPublisherAsync(
            rabbit.Uri, RabbitMqHost.NewPrefix(), ("DeliveryTimeout", "00:00:04"));
        await host.Publisher.PublishAsync([ATimer.New().Build()], default);

        rabbit.Pause();
        try
        {
            var watch = Stopwatch.StartNew();
            Assert.That(await OutcomeAsync(host), Is.EqualTo(WriteOutcome.Unknown));
            Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        }
        finally
        {
            rabbit.Resume();
        }

        await Eventually.That(async () => await OutcomeAsync(host) is null, MaxWait, "publishing resumes");
    }

    [Test]
    public async Task A_process_that_starts_before_RabbitMq_finds_it_later_and_consumes()
    {
        rabbit.Stop();
        var handler = new RecordingHandler();
        await using var host = await RabbitMqHost.StartAsync(rabbit.Uri, RabbitMqHost.NewPrefix(), services => services
            .AddSingleton<IBatchHandler<TimerScheduled>>(handler)
            .AddRabbitMqPublisher(TimerMessages.Scheduled).AddRabbitMqTimers());
        Assert.That(await OutcomeAsync(host), Is.EqualTo(WriteOutcome.Refused));

        rabbit.Start();
        await host.ReachedAsync();
        await Eventually.That(async () => await OutcomeAsync(host) is null, MaxWait, "publishing works");

        await Eventually.That(() => handler.Count > 0, MaxWait, "it is applied");
    }

    [Test]
    public async Task A_user_that_is_made_after_the_start_gets_in()
    {
        var handler = new RecordingHandler();
        await using var host = await RabbitMqHost.StartAsync(
            rabbit.Uri.Replace("guest:guest", "late:s3cret", StringComparison.Ordinal), RabbitMqHost.NewPrefix(), services => services
                .AddSingleton<IBatchHandler<TimerScheduled>>(handler)
                .AddRabbitMqPublisher(TimerMessages.Scheduled).AddRabbitMqTimers());

        // Long enough to have tried.
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.That(await OutcomeAsync(host), Is.EqualTo(WriteOutcome.Refused));
        rabbit.RabbitMqControl("add_user", "late", "s3cret");
        rabbit.RabbitMqControl("set_permissions", "late", ".*", ".*", ".*");

        await host.ReachedAsync();
        await Eventually.That(async () => await OutcomeAsync(host) is null, MaxWait, "publishing works");
        await Eventually.That(() => handler.Count > 0, MaxWait, "it is applied");
    }

    [Test]
    public async Task What_a_stop_cannot_wait_for_is_given_back_in_five_seconds()
    {
        var uri = Engine.Address("rabbitmq");
        var prefix = RabbitMqHost.NewPrefix();
        var never = new RecordingHandler { Before = _ => new TaskCompletionSource().Task };
        await using var publisher = await RabbitMqHost.StartPublisherAsync(uri, prefix);
        var consumer = await RabbitMqHost.StartConsumerAsync(uri, prefix, never);
        await publisher.Publisher.PublishAsync([ATimer.New().Build()], default);
        await Eventually.That(() => never.Calls == 1, MaxWait, "it is at it");

        var watch = Stopwatch.StartNew();
        await consumer.DisposeAsync();

        Assert.That(watch.Elapsed, Is.InRange(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(9)));
        var next = new RecordingHandler();
        await using var other = await RabbitMqHost.StartConsumerAsync(uri, prefix, next);
        await Eventually.That(() => next.Count == 1, MaxWait, "the next one gets it");
    }

    [Test]
    public async Task Its_makers_are_told_nothing_of_its_use()
    {
        await using var host = await RabbitMqHost.StartAsync(
            "amqp://127.0.0.1:9/", RabbitMqHost.NewPrefix(), services => services.AddRabbitMqPublisher(TimerMessages.Scheduled));

        Assert.That(host.Services.GetRequiredService<IOptions<UsageTelemetryOptions>>().Value.Enabled, Is.False);
    }

    [Test]
    public async Task A_queue_that_somebody_made_otherwise_holds_the_start_up_until_it_is_gone()
    {
        var uri = Engine.Address("rabbitmq");
        var prefix = RabbitMqHost.NewPrefix();
        await using var connection = await new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync($"{prefix}timers", durable: false, exclusive: false, autoDelete: false);
        var handler = new RecordingHandler();
        await using var host = await RabbitMqHost.StartAsync(uri, prefix, services => services
            .AddSingleton<IBatchHandler<TimerScheduled>>(handler)
            .AddRabbitMqPublisher(TimerMessages.Scheduled).AddRabbitMqTimers());

        // Long enough to have tried.
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.That(host.Bus.IsReachable, Is.False);
        await channel.QueueDeleteAsync($"{prefix}timers");

        await host.ReachedAsync();
        await Eventually.That(async () => await OutcomeAsync(host) is null, MaxWait, "publishing works");
        await Eventually.That(() => handler.Count > 0, MaxWait, "it is applied");
    }

    [Test]
    public async Task A_consumer_stopped_in_a_store_outage_loses_nothing()
    {
        var uri = Engine.Address("rabbitmq");
        var prefix = RabbitMqHost.NewPrefix();
        var away = new RecordingHandler { Before = _ => throw new StoreUnavailableException(WriteOutcome.Refused, "Away.") };
        var back = new RecordingHandler();
        await using var publisher = await RabbitMqHost.StartPublisherAsync(uri, prefix);
        var timers = Enumerable.Range(0, 20).Select(_ => ATimer.New().Build()).ToList();
        await using (await RabbitMqHost.StartConsumerAsync(uri, prefix, away))
        {
            await publisher.Publisher.PublishAsync(timers, default);
            await Eventually.That(() => away.Calls > 1, MaxWait, "it is at it");
        }

        await using var consumer = await RabbitMqHost.StartConsumerAsync(uri, prefix, back);

        await Eventually.That(() => back.Messages.Select(message => message.TimerId).Distinct().Count() == 20, MaxWait, "all come again");
    }

    [Test]
    public async Task One_Runner_leads_is_woken_and_is_followed_by_another()
    {
        var uri = Engine.Address("rabbitmq");
        var prefix = RabbitMqHost.NewPrefix();
        var leases = new OneLeader();
        var woken = new ConcurrentQueue<DateTimeOffset>();
        await using var standby = await RabbitMqHost.StartAsync(uri, prefix, services => services.AddRabbitMqWakeUps());
        await standby.ReachedAsync();
        var first = await StartRunnerAsync(uri, prefix, leases, woken.Enqueue);
        await Eventually.That(() => Mine(first).Count == Shard.Count, MaxWait, "alone it leads");
        await using var second = await StartRunnerAsync(uri, prefix, leases, _ => { });

        var now = DateTimeOffset.FromUnixTimeMilliseconds(first.Services.GetRequiredService<IStoreClock>().Now.ToUnixTimeMilliseconds());
        await Eventually.That(
            () =>
            {
                standby.Services.GetRequiredService<IWakeUps>().Notify(Guid.CreateVersion7(), now);
                return woken.Contains(now);
            },
            MaxWait,
            "it is woken");
        Assert.That(Mine(second), Is.Empty);

        await first.DisposeAsync();
        await Eventually.That(() => Mine(second).Count == Shard.Count, MaxWait, "the other one follows");
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("host:5672")]
    [TestCase("http://host")]
    [TestCase("amqp://host/a/b")]
    [TestCase("amqp://host/a?b=hunter2")]
    public void What_is_no_connection_string_is_refused(string? text) => Assert.That(
        () => RabbitMqConnection.Parse(text),
        Throws.TypeOf<StartupException>().With.Message.Contains("ConnectionStrings:RabbitMq").And.Message.Not.Contains("hunter2"));

    [Test]
    public void A_connection_string_is_read_in_all_its_parts()
    {
        var connection = RabbitMqConnection.Parse("amqps://u%40:p%2f@broker/a%2fb");

        Assert.That(connection, Is.EqualTo(new RabbitMqConnection("broker", 5671, "a/b", "u@", "p/", IsEncrypted: true)));
        Assert.That(RabbitMqConnection.Parse("amqp://broker:1234/"),
            Is.EqualTo(new RabbitMqConnection("broker", 1234, "/", "guest", "guest", IsEncrypted: false)));
        Assert.That(connection.ToString(), Is.EqualTo("broker:5671"));
    }

    private static IReadOnlyList<int> Mine(RabbitMqHost host) => host.Services.GetRequiredService<IShards>().Mine!;

    private static async Task<RabbitMqHost> StartRunnerAsync(string uri, string prefix, OneLeader leases, Action<DateTimeOffset> woken)
    {
        var host = await RabbitMqHost.StartAsync(uri, prefix, services => services
            .AddSingleton<IRunnerLeases>(leases).AddSingleton<IRunnerLease>(new ALease()).AddRabbitMqShards());
        host.Services.GetRequiredService<IShards>().OnWakeUp(woken);
        return host;
    }

    private static async Task<WriteOutcome?> OutcomeAsync(RabbitMqHost host)
    {
        try
        {
            await host.Publisher.PublishAsync([ATimer.New().Build()], default);
            return null;
        }
        catch (LogUnavailableException error)
        {
            return error.Outcome;
        }
    }

    private sealed class ALease : IRunnerLease
    {
        public bool CanLapse => true;

        public Guid Runner { get; } = Guid.NewGuid();

        public bool MaySend(Guid runner) => true;
    }

    /// <summary>As a store keeps it: whoever leads does until its term is over.</summary>
    private sealed class OneLeader : IRunnerLeases
    {
        private readonly Lock gate = new();
        private Guid leader;
        private DateTimeOffset leadsUntil;

        public Task<bool> TryLeadAsync(Guid runner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
        {
            lock (gate)
            {
                if (leader != runner && leadsUntil > now)
                {
                    return Task.FromResult(false);
                }

                (leader, leadsUntil) = (runner, until);
                return Task.FromResult(true);
            }
        }

        public Task AddAsync(RunnerLeaseRow lease, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<bool> TryRenewAsync(RunnerLeaseRow lease, DateTimeOffset now, CancellationToken cancellationToken) =>
            Task.FromResult(true);

        public Task RemoveAsync(Guid runner, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IReadOnlyList<RunnerLeaseRow>> FindAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<RunnerLeaseRow>>([]);
    }
}
