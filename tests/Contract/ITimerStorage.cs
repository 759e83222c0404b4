using Contracts.Timers;

namespace Tests.Contract;

/// <summary>One set of stored timers behind both ports, as a contract suite sees it.</summary>
public interface ITimerStorage : IDisposable
{
    ITimerStore Timers { get; }

    IDueTimers Due { get; }

    /// <summary>Closes it and opens the same data again; ignores the test where nothing is meant to survive.</summary>
    void Reopen();
}
