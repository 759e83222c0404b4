using System.Threading.Channels;

namespace Infrastructure.Messaging;

/// <summary>Channel reads that can be cancelled safely.</summary>
internal static class ChannelReads
{
    /// <summary>Adds items until there are enough, the channel ends or time is up.</summary>
    /// <remarks>
    /// Not by <c>ReadAsync</c>: if cancelled while it begins to wait, it throws, and later takes an item that is lost
    /// (.NET 10, https://github.com/dotnet/runtime/issues/132094).
    /// </remarks>
    /// <param name="reader">What to read from.</param>
    /// <param name="batch">The batch that items are added to.</param>
    /// <param name="enough">Number of items in the batch at which reading ends.</param>
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
