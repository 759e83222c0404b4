namespace Infrastructure.Storage;

/// <summary>Cuts messages that carry many rows each into steps of a bounded number of rows; a message is never cut.</summary>
internal static class BatchSteps
{
    /// <param name="messages">In the order of the log.</param>
    /// <param name="rowsOf">How many rows a message carries.</param>
    /// <param name="maxRows">Maximum number of rows of a step, unless one message alone has more.</param>
    /// <returns>The index of each step's first message, that after its last, and its rows, at least 1 for each message.</returns>
    public static IEnumerable<(int From, int To, int Rows)> Of<TMessage>(
        IReadOnlyList<TMessage> messages, Func<TMessage, int> rowsOf, int maxRows)
    {
        for (var first = 0; first < messages.Count;)
        {
            var (from, rows) = (first, 0);
            do
            {
                rows += Math.Max(1, rowsOf(messages[first++]));
            }
            while (first < messages.Count && rows + rowsOf(messages[first]) <= maxRows);

            yield return (from, first, rows);
        }
    }
}
