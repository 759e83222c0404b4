using Contracts.Storage;

namespace Infrastructure.Storage;

/// <summary>The clock of an embedded store, which is this machine's own: every reading is a fresh sample of it.</summary>
internal sealed class WallClock(TimeProvider time) : IStoreClock
{
    public DateTimeOffset Now => time.GetUtcNow();
}
