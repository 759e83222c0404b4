namespace Contracts.Storage;

/// <summary>The time that timers go by: a lower bound of the store's clock, so that nothing is ever early.</summary>
public interface IStoreClock
{
    /// <summary>UTC.</summary>
    DateTimeOffset Now { get; }

    /// <summary>UTC, and an upper bound: what delays and pauses count from, so that none is shorter than was asked for.</summary>
    DateTimeOffset Latest => Now;
}
