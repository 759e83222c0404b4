using Contracts.Messaging;

namespace Infrastructure.Storage.Sqlite;

/// <summary>Messages that are stored in one transaction, with what they add to sums written once for all of them.</summary>
internal interface ISqliteBatch
{
    /// <summary>Writes what the messages add to sums.</summary>
    void Complete();
}

/// <summary>Stores messages of a slice's log in its file.</summary>
internal static class SqliteIngest
{
    /// <summary>
    /// Stores messages in transactions of a bounded number of rows, each with the position that the log has reached by it, and notes which
    /// of them were new as a whole.
    /// </summary>
    /// <param name="file">The slice's file.</param>
    /// <param name="messages">In the order of the log.</param>
    /// <param name="rowsOf">How many rows a message carries.</param>
    /// <param name="begin">Begins a transaction's batch.</param>
    /// <param name="add">Stores a message; whether all that it carries is new.</param>
    /// <param name="cancellationToken">Withdraws what has not begun.</param>
    public static async Task IngestAsync<TBatch, TMessage>(
        this SqliteFile file, IReadOnlyList<Received<TMessage>> messages, Func<TMessage, int> rowsOf,
        Func<SqliteConnection, TBatch> begin, Func<TBatch, Received<TMessage>, bool> add, CancellationToken cancellationToken)
        where TBatch : ISqliteBatch
    {
        var steps = BatchSteps.Of(messages, each => rowsOf(each.Message), file.Writer.MaxRows).Select(step => file.Writer.RunAsync(
            WritePriority.Ingest,
            step.Rows,
            connection =>
            {
                var (batch, isNew) = (begin(connection), new List<Received<TMessage>>(step.To - step.From));
                for (var i = step.From; i < step.To; i++)
                {
                    if (add(batch, messages[i]))
                    {
                        isNew.Add(messages[i]);
                    }
                }

                batch.Complete();
                file.Log.Advance(connection, messages[step.To - 1].Position);
                return isNew;
            },
            cancellationToken)).ToList();

        // Not before all of it is committed: what is rolled back is not there.
        foreach (var message in (await Task.WhenAll(steps)).SelectMany(step => step))
        {
            file.Log.NoteNew(message.Source, message.Position);
        }
    }
}
