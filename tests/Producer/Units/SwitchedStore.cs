using Contracts.Timers;
using Tests.Support;

namespace Tests.Producer.Units;

/// <summary>A store whose reads fail while a test wants them to.</summary>
internal sealed class SwitchedStore : FaultyTimerStore
{
    public Exception? ReadFailure { get; set; }

    /// <summary>Reads so far.</summary>
    public int Reads { get; private set; }

    public override Task<IReadOnlyList<TimerRecord>> FindAsync(string tenant, IReadOnlyList<Guid> keys, CancellationToken cancellationToken)
    {
        Reads++;
        return ReadFailure is null
            ? base.FindAsync(tenant, keys, cancellationToken)
            : Task.FromException<IReadOnlyList<TimerRecord>>(ReadFailure);
    }
}
