namespace Client.Connections;

/// <summary>What commands that call a service end with; docs/client.md has the same table.</summary>
internal static class ExitCodes
{
    /// <summary>It is done.</summary>
    public const int Done = 0;

    /// <summary>The service refused something, or there is no such thing; of a file: some of its lines.</summary>
    public const int Refused = 1;

    /// <summary>The command line, a file or a profile cannot be used.</summary>
    public const int Unusable = 2;

    /// <summary>The service could not be reached, or asked to come back later, for as long as it was tried.</summary>
    public const int Unavailable = 3;

    /// <summary>A timer that was watched failed or was cancelled.</summary>
    public const int NotSucceeded = 4;

    /// <summary>A timer that was watched did not end in time.</summary>
    public const int TimedOut = 5;

    /// <summary>Ctrl+C, as shells count it: 128 and the signal's number.</summary>
    public const int Interrupted = 130;
}
