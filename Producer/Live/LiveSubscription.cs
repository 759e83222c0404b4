namespace Producer.Live;

/// <summary>A client's place with a reader, until it is disposed of.</summary>
internal sealed class LiveSubscription(LiveClient client, Action end) : IDisposable
{
    private Action? ending = end;

    public LiveClient Client => client;

    /// <summary>The position that it began at; null if the feed could not be reached.</summary>
    public string? Position { get; set; }

    public void Dispose() => Interlocked.Exchange(ref ending, null)?.Invoke();
}
