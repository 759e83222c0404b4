using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Messaging;
using Infrastructure.Messaging.Kafka;
using Infrastructure.Messaging.RabbitMq;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Tests.Support;

/// <summary>Parts of logs, assembled as the hosts do it.</summary>
internal static class LogParts
{
    /// <summary>The consuming side of timers over Kafka, with dead letters in memory.</summary>
    public static IServiceCollection AddKafkaTimers(this IServiceCollection services) =>
        services.AddDeadLettersInMemory().AddMessageRoute(TimerMessages.Scheduled).AddKafkaConsumer(TimerMessages.Topic);

    /// <summary>The consuming side of timers over RabbitMQ, with dead letters in memory.</summary>
    public static IServiceCollection AddRabbitMqTimers(this IServiceCollection services) =>
        services.AddDeadLettersInMemory().AddMessageRoute(TimerMessages.Scheduled).AddRabbitMqConsumer(TimerMessages.Scheduled);

    /// <summary>An embedded log of timers in front of a handler.</summary>
    public static EmbeddedLog Embedded(
        IBatchHandler<TimerScheduled> handler, string path = ":memory:", ILogger<InProcessApplier>? logger = null) =>
        new(handler, path, logger);

    public static IServiceCollection AddDeadLettersInMemory(this IServiceCollection services)
    {
        services.TryAddSingleton(provider =>
            new SqliteFiles(new DataFolder(Options.Create(new StorageOptions { InMemory = true })), NullLogger<DamageReport>.Instance));
        services.TryAddSingleton<IDeadLetterStore, SqliteDeadLetterStore>();
        return services;
    }

    /// <summary>The embedded log, with its dependencies.</summary>
    internal sealed class EmbeddedLog : IEventPublisher<TimerScheduled>, IDisposable
    {
        private readonly SqliteFiles files = new(
            new DataFolder(Options.Create(new StorageOptions { InMemory = true })), NullLogger<DamageReport>.Instance);
        private readonly ServiceProvider services =
            new ServiceCollection().AddMetrics().AddSingleton<ConsumerMetrics>().BuildServiceProvider();
        private readonly InProcessPublisher<TimerScheduled> publisher;
        private readonly SqliteFile file;

        public EmbeddedLog(IBatchHandler<TimerScheduled> handler, string path, ILogger<InProcessApplier>? logger)
        {
            file = new SqliteFile(path, TimerSchema.Apply);
            DeadLetters = new SqliteDeadLetterStore(files);
            var applier = new InProcessApplier(
                TimerMessages.Topic, file.Log, DeadLetters, new ConsumerStalls(), services.GetRequiredService<ConsumerMetrics>(),
                TimeProvider.System, logger ?? NullLogger<InProcessApplier>.Instance);
            Log = new InProcessLog(applier, file.Log);
            publisher = new InProcessPublisher<TimerScheduled>(Log, new MessageRoute<TimerScheduled>(TimerMessages.Scheduled, handler));
        }

        public InProcessLog Log { get; }

        public IDeadLetterStore DeadLetters { get; }

        public Task<PublishReceipt> PublishAsync(
            IReadOnlyList<TimerScheduled> messages, MessageContext context, CancellationToken cancellationToken) =>
            publisher.PublishAsync(messages, context, cancellationToken);

        public Task<PublishReceipt> PublishAsync(IReadOnlyList<TimerScheduled> messages, CancellationToken cancellationToken) =>
            publisher.PublishAsync(messages, MessageContext.Default, cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Log.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Log.StopAsync(cancellationToken);

        public void Dispose()
        {
            Log.Dispose();
            file.Dispose();
            files.Dispose();
            services.Dispose();
        }
    }
}
