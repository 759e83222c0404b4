namespace Producer.Http;

/// <summary>How many reasons a response to a request of many items lists: each of them may have any number of errors.</summary>
internal sealed class ErrorRoom
{
    /// <summary>Maximum number of reasons over all items.</summary>
    public const int MaxReasons = 1_000;

    private int taken;

    public bool TryTake() => taken < MaxReasons && ++taken > 0;
}
