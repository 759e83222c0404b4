using System.Text.Json;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Storage;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Publishes one type of message; completes when the broker has confirmed all messages.</summary>
internal sealed class RabbitMqPublisher<TMessage>(RabbitMqBus bus, MessageType<TMessage> type, IOptions<RabbitMqOptions> options)
    : IEventPublisher<TMessage>, ILogProgress<TMessage>
{
    /// <summary>Maximum number of messages in flight; more are refused.</summary>
    private const int MaxWaiting = 20_000;

    /// <summary>Maximum number of messages of one publication that are sent at once.</summary>
    private const int Together = 1_000;

    private readonly Uri queue = new($"queue:{options.Value.Prefixed(type.Topic)}");
    private int waiting;

    /// <inheritdoc />
    public async Task<PublishReceipt> PublishAsync(
        IReadOnlyList<TMessage> messages, MessageContext context, CancellationToken cancellationToken)
    {
        if (!bus.IsReachable)
        {
            throw new LogUnavailableException(WriteOutcome.Refused, "The log cannot be reached.");
        }

        var ahead = Interlocked.Add(ref waiting, messages.Count) - messages.Count;
        try
        {
            if (ahead > 0 && ahead + messages.Count > MaxWaiting)
            {
                throw new LogUnavailableException(WriteOutcome.Refused, "Too many requests wait for the log.");
            }

            using var span = LogTraces.StartSend(type.Topic, messages.Count);
            var sent = false;
            foreach (var wave in Waves(messages, context))
            {
                await SendAsync(wave, sent, cancellationToken);
                sent = true;
            }
        }
        finally
        {
            Interlocked.Add(ref waiting, -messages.Count);
        }

        return new PublishReceipt(MessageEffects.Untracked);
    }

    /// <summary>Completes at once: RabbitMQ has no offsets to wait for.</summary>
    public Task<bool> WaitUntilAppliedAsync(string key, TimeSpan timeout, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <inheritdoc cref="WaitUntilAppliedAsync(string, TimeSpan, CancellationToken)"/>
    public Task<bool> WaitUntilAppliedAsync(LogPosition position, TimeSpan timeout, CancellationToken cancellationToken) =>
        Task.FromResult(true);

    private async Task SendAsync(RabbitMqMessage[] wave, bool hasSent, CancellationToken cancellationToken)
    {
        try
        {
            await bus.SendAsync(queue, wave, isDurable: true, cancellationToken);
        }
        catch (LogUnavailableException refused) when (hasSent && refused.Outcome == WriteOutcome.Refused)
        {
            throw new LogUnavailableException(WriteOutcome.Unknown, refused.Message, refused);
        }
    }

    /// <summary>Splits the messages into waves in which no key occurs twice: messages sent concurrently may overtake each other.</summary>
    private IEnumerable<RabbitMqMessage[]> Waves(IReadOnlyList<TMessage> messages, MessageContext context)
    {
        var wave = new Dictionary<string, RabbitMqMessage>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            var key = type.KeyOf(message);
            if (wave.Count == Together || wave.ContainsKey(key))
            {
                yield return [.. wave.Values];
                wave.Clear();
            }

            wave.Add(key, new RabbitMqMessage
            {
                Type = type.Name,
                Version = type.Version,
                Key = key,
                Tenant = context.Tenant == Tenant.Default ? null : context.Tenant,
                TraceParent = TraceContext.Current,
                Json = JsonSerializer.SerializeToUtf8Bytes(message, type.Json),
            });
        }

        yield return [.. wave.Values];
    }
}
