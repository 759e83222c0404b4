using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>
/// A client's administrative requests. Its replies come through a thread of the package that can end without a word, after which the task
/// of a request never completes, whatever its time-out: seen when brokers go on after a pause (Confluent.Kafka 2.16). So each wait has a
/// bound here, and each question a client of its own.
/// </summary>
/// <param name="handle">The client whose connections are used.</param>
internal sealed class KafkaAdmin(Handle handle) : IDisposable
{
    /// <summary>What a reply takes beyond the time-out that librdkafka was given.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    public IAdminClient Client { get; } = new DependentAdminClientBuilder(handle).Build();

    /// <summary>Waits for a reply; blocks.</summary>
    /// <param name="reply">The request's task.</param>
    /// <param name="timeout">The time-out that the request was given.</param>
    /// <exception cref="KafkaException">It failed, or nothing came.</exception>
    public static T Wait<T>(Task<T> reply, TimeSpan timeout)
    {
        if (!((IAsyncResult)reply).AsyncWaitHandle.WaitOne(timeout + Margin))
        {
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "Kafka's client gave neither a reply nor an error in time."));
        }

        return reply.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Wait{T}(Task{T}, TimeSpan)"/>
    public static void Wait(Task reply, TimeSpan timeout) => Wait(reply.ContinueWith(
        ended => { ended.GetAwaiter().GetResult(); return true; }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default), timeout);

    /// <summary>Ends the client; what its thread ended with before is no news.</summary>
    public void Dispose()
    {
        try
        {
            Client.Dispose();
        }
#pragma warning disable CA1031 // The package throws here what ended its thread.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The reply's own error, or that none came, says it.
        }
    }
}
