namespace Contracts.Storage;

/// <summary>The time that timers use: a lower bound of the store's clock, so that nothing is ever early.</summary>
public interface IStoreClock
{
    /// <summary>UTC.</summary>
    DateTimeOffset Now { get; }

    /// <summary>UTC, an upper bound: delays and pauses count from it, so that none is shorter than requested.</summary>
    DateTimeOffset Latest => Now;
}
