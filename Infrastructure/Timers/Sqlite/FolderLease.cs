using Contracts.Timers;

namespace Infrastructure.Timers.Sqlite;

/// <summary>The lease of an embedded Runner: the data folder's lock, which nobody can take while the process lives.</summary>
internal sealed class FolderLease : IRunnerLease
{
    public Guid Runner => Guid.Empty;

    public bool CanLapse => false;

    public bool MaySend(Guid runner) => true;
}
