namespace ClientLibrary;

/// <summary>The pauses between the attempts of one request.</summary>
internal sealed class Backoff(ConnectionOptions options)
{
    private readonly RetryRules rules = options.Retries;
    private readonly TimeProvider time = options.Time;
    private long? began;
    private int failures;

    /// <summary>Forgets the failures before: an attempt has succeeded.</summary>
    public void Reset() => (began, failures) = (null, 0);

    /// <summary>Waits for the next attempt.</summary>
    /// <param name="failure">Why there is a pause, and what the service says of its length.</param>
    /// <param name="cancellationToken">Ends the pause.</param>
    /// <returns>False if it has been tried for long enough.</returns>
    public async Task<bool> WaitAsync(ServiceException failure, CancellationToken cancellationToken)
    {
        began ??= time.GetTimestamp();
        var full = Math.Min(rules.MaxPause.TotalMilliseconds, rules.FirstPause.TotalMilliseconds * Math.Pow(2, failures++));

        // Some of it at random, so that clients that failed together do not come back together.
        var pause = TimeSpan.FromMilliseconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
        pause = failure.RetryAfter > pause ? failure.RetryAfter.Value : pause;
        if (time.GetElapsedTime(began.Value) + pause > rules.MaxDuration)
        {
            return false;
        }

        options.Pausing?.Invoke(failure, pause);
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
