using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Asks brokers for the incarnations of topics, over connections of its own; thread-safe.</summary>
/// <remarks>
/// A broker answers the requests of one connection in turn, and a Consumer's connection nearly always has a fetch under way, which waits
/// for half a second: each question over it would hold up the first message of a partition by as much.
/// </remarks>
internal sealed class KafkaAsker(KafkaClients clients) : IDisposable
{
    private readonly Lock gate = new();
    private IAdminClient? client;
    private KafkaAdmin? admin;

    /// <summary>The present incarnation of a topic; blocks.</summary>
    /// <param name="topic">With its prefix.</param>
    /// <param name="timeout">How long each reply may take, and the questions before this one.</param>
    /// <exception cref="KafkaException">No answer, or no such topic.</exception>
    public Guid EpochOf(string topic, TimeSpan timeout)
    {
        if (!gate.TryEnter(timeout))
        {
            throw new KafkaException(ErrorCode.Local_TimedOut);
        }

        try
        {
            client ??= clients.CreateAdmin();
            admin ??= new KafkaAdmin(client.Handle);
            return KafkaEpochs.Find(admin, topic, timeout);
        }
        catch (KafkaException) when (client is not null)
        {
            clients.Restore(client);
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
        admin?.Dispose();
        client?.Dispose();
    }
}
