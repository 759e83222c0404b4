using System.Threading.Channels;

namespace Infrastructure.Messaging;

/// <summary>Reads of a channel that may be given up.</summary>
internal static class ChannelReads
{
    /// <summary>Adds what comes until there are enough, the channel ends or time is up.</summary>
    /// <remarks>
    /// Not by <c>ReadAsync</c>: one that is cancelled while it begins to wait throws, and later takes an item that nobody gets
    /// (.NET 10, https://github.com/dotnet/runtime/issues/132094).
    /// </remarks>
    /// <param name="reader">What to read from.</param>
    /// <param name="batch">Where to.</param>
    /// <param name="enough">How many at most.</param>
    /// <param name="timeIsUp">Ends the waiting; what is in the batch stays there.</param>
    public static async Task ReadBatchAsync<T>(this ChannelReader<T> reader, List<T> batch, int enough, CancellationToken timeIsUp)
    {
        try
        {
            do
            {
                while (batch.Count < enough && reader.TryRead(out var item))
                {
                    batch.Add(item);
                }
            }
            while (batch.Count < enough && await reader.WaitToReadAsync(timeIsUp));
        }
        catch (OperationCanceledException) when (timeIsUp.IsCancellationRequested)
        {
            // As many as there are.
        }
    }
}
