namespace Contracts.Timers;

/// <summary>Which timers this Runner claims, among the Runners there are.</summary>
public interface IShards
{
    /// <summary>Its shards, maybe none; null where no other Runner can be and all are its own.</summary>
    IReadOnlyList<int>? Mine { get; }

    /// <summary>
    /// Asks to be told when a timer of its shards may fall due before the next poll of the store. To be called before the start.
    /// </summary>
    void OnWakeUp(Action<DateTimeOffset> woken);
}
