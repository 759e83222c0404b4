using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>A client's administrative requests. For one thread.</summary>
/// <remarks>
/// The package hands out replies on a thread of each admin client. When that thread finds something unexpected in a reply, such as a
/// partition without a leader, it frees the client's native queue and ends (<c>StartPollTask</c> in Confluent.Kafka 2.16): the task of
/// the request never completes, and whoever then asks again through this client or disposes of it uses freed memory. So each wait has a
/// bound here, and a client that gave no reply is neither used nor disposed of again.
/// </remarks>
/// <param name="handle">The client whose connections are used.</param>
internal sealed class KafkaAdmin(Handle handle) : IDisposable
{
    /// <summary>What a reply takes beyond the time-out that librdkafka was given.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private IAdminClient? client;

    /// <summary>To ask with; another one after a reply did not come.</summary>
    public IAdminClient Client => client ??= new DependentAdminClientBuilder(handle).Build();

    /// <summary>Waits for a reply to <see cref="Client"/>; blocks.</summary>
    /// <param name="reply">The request's task.</param>
    /// <param name="timeout">The time-out that the request was given.</param>
    /// <exception cref="KafkaException">It failed, or nothing came.</exception>
    public T Wait<T>(Task<T> reply, TimeSpan timeout)
    {
        if (!((IAsyncResult)reply).AsyncWaitHandle.WaitOne(timeout + Margin))
        {
            Abandon(reply);
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "Kafka's client gave neither a reply nor an error in time."));
        }

        return reply.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Wait{T}(Task{T}, TimeSpan)"/>
    public void Wait(Task reply, TimeSpan timeout) => Wait(reply.ContinueWith(
        ended => { ended.GetAwaiter().GetResult(); return true; }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default), timeout);

    /// <inheritdoc />
    public void Dispose() => client?.Dispose();

    /// <summary>A reply that does come later shows that the client's thread goes on.</summary>
    private void Abandon(Task reply)
    {
        var abandoned = client;
        client = null;
        _ = reply.ContinueWith(
            late =>
            {
                // Observed: nobody waits for it any more.
                _ = late.Exception;
                abandoned?.Dispose();
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
