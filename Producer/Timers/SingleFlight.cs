namespace Producer.Timers;

/// <summary>Many who ask for the same at once are answered by one load.</summary>
/// <remarks>
/// Only a load that has not begun is joined: one under way may have read before what the caller knows to have happened.
/// So a key has at most one load under way and one that follows it.
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
                // Whoever follows puts a flight of its own in this place.
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
        /// <summary>Ends with the load under way, however that ends.</summary>
        public TaskCompletionSource Current { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TValue>? Next { get; set; }
    }
}
