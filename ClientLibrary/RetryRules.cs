namespace ClientLibrary;

/// <summary>How requests are repeated that failed because the service restarts, is overloaded, or asks for a pause.</summary>
public sealed record RetryRules
{
    /// <summary>Requests are not repeated.</summary>
    public static RetryRules None { get; } = new() { MaxDuration = TimeSpan.Zero };

    /// <summary>How long to go on after the first failure; zero not to repeat. Default 30 s.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The first pause; each further one is twice as long. Default 200 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Maximum pause; the service's <c>Retry-After</c> may ask for a longer one. Default 10 s.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(10);
}
