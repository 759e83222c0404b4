namespace Producer.Live;

/// <summary>Concurrent requests for the same value share one load.</summary>
/// <remarks>
/// Only a load that has not begun is joined: a running one may have read before a change that the caller knows of.
/// So a key has at most one running load and one that follows it.
/// </remarks>
internal sealed class SingleFlight<TKey, TValue>
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, Flight> flights = [];

    public Task<TValue> RunAsync(TKey key, Func<TKey, Task<TValue>> load)
    {
        Flight flight;
        lock (gate)
        {
            if (flights.TryGetValue(key, out var underWay))
            {
                return underWay.Next ??= FollowAsync(key, underWay.Current.Task, load);
            }

            flights[key] = flight = new Flight();
        }

        return FlyAsync(key, flight, load);
    }

    private async Task<TValue> FollowAsync(TKey key, Task before, Func<TKey, Task<TValue>> load)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Flight flight;
        lock (gate)
        {
            flights[key] = flight = new Flight();
        }

        return await FlyAsync(key, flight, load);
    }

    private async Task<TValue> FlyAsync(TKey key, Flight flight, Func<TKey, Task<TValue>> load)
    {
        try
        {
            return await load(key);
        }
        finally
        {
            lock (gate)
            {
                // The next caller starts a new load here.
                if (flight.Next is null)
                {
                    flights.Remove(key);
                }
            }

            flight.Current.SetResult();
        }
    }

    private sealed class Flight
    {
        /// <summary>Ends with the running load, however that ends.</summary>
        public TaskCompletionSource Current { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TValue>? Next { get; set; }
    }
}
