using Contracts.Timers;
using Infrastructure.Hosting;

namespace Infrastructure.Timers.Sqlite;

/// <summary>Whether the journal takes outcomes; without it everything is served, and a kill repeats more.</summary>
internal sealed class JournalReadiness(IOutcomeJournal journal) : ReadinessCheck
{
    protected override Task<string?> FindFaultAsync(CancellationToken cancellationToken) => Task.FromResult(journal.Fault);
}
