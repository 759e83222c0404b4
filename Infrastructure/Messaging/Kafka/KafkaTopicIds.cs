using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Asks brokers for the ids of topics, through a client that is used for nothing else.</summary>
/// <remarks>
/// Where the request for an id meets a client whose connection was lost, librdkafka (2.14 to 2.16) frees the queue for the reply twice, and
/// the process dies of it, at once or later. So it is sent only after this client has just had another reply, and a client that has had
/// none is replaced.
/// </remarks>
internal sealed class KafkaTopicIds(KafkaClients clients) : IDisposable
{
    private readonly Lock gate = new();
    private IAdminClient? client;
    private bool isDisposed;

    /// <summary>The present id of a topic, see <see cref="KafkaEpochs"/>; blocks.</summary>
    /// <param name="topic">With its prefix.</param>
    /// <param name="timeout">How long others who ask, and each of two replies, may take.</param>
    /// <exception cref="KafkaException">No reply, or no such topic.</exception>
    public Guid Find(string topic, TimeSpan timeout)
    {
        if (!gate.TryEnter(timeout))
        {
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "Kafka is slow to reply to others who ask for topics."));
        }

        try
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            client ??= clients.CreateAdmin();
            client.GetMetadata(topic, timeout);
            return KafkaEpochs.Find(client, topic, timeout);
        }
        catch (KafkaException)
        {
            Close();
            throw;
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            Close();
        }
    }

    private void Close()
    {
        if (client is { } gone)
        {
            client = null;
            KafkaAdmin.Dispose(gone);
        }
    }
}
