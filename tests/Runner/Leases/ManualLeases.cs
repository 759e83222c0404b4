using Contracts.Storage;
using Contracts.Timers;

namespace Tests.Runner.Leases;

/// <summary>Leases in memory; every call fails while the test wants it to, or loses its answer.</summary>
internal sealed class ManualLeases : IRunnerLeases
{
    private readonly Dictionary<Guid, RunnerLeaseRow> rows = [];

    public Exception? Failure { get; set; }

    /// <summary>What asking who leads throws, while it is set.</summary>
    public Exception? LeadFailure { get; set; }

    /// <summary>How many calls have failed.</summary>
    public int Failed { get; private set; }

    /// <summary>The write happens, the answer does not come.</summary>
    public bool LosesAnswers { get; set; }

    public IReadOnlyCollection<RunnerLeaseRow> Rows => rows.Values;

    public void Reap(Guid runner) => rows.Remove(runner);

    public Task AddAsync(RunnerLeaseRow lease, CancellationToken cancellationToken) => Try(() => rows.Add(lease.Runner, lease));

    public async Task<bool> TryRenewAsync(RunnerLeaseRow lease, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var renewed = false;
        await Try(() =>
        {
            if (rows.TryGetValue(lease.Runner, out var row) && row.Until > now)
            {
                rows[lease.Runner] = lease;
                renewed = true;
            }
        });
        return renewed;
    }

    public Task RemoveAsync(Guid runner, CancellationToken cancellationToken) => Try(() => rows.Remove(runner));

    public Task<IReadOnlyList<RunnerLeaseRow>> FindAsync(CancellationToken cancellationToken) =>
        Failure is null ? Task.FromResult<IReadOnlyList<RunnerLeaseRow>>([.. rows.Values])
            : Task.FromException<IReadOnlyList<RunnerLeaseRow>>(Failure);

    public Task<bool> TryLeadAsync(Guid runner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        LeadFailure is null ? Task.FromResult(true) : Task.FromException<bool>(Count(LeadFailure));

    private Exception Count(Exception failure)
    {
        Failed++;
        return failure;
    }

    private Task Try(Action write)
    {
        if (Failure is not null)
        {
            return Task.FromException(Count(Failure));
        }

        write();
        return LosesAnswers ? Task.FromException(new StoreUnavailableException(WriteOutcome.Unknown, "no answer")) : Task.CompletedTask;
    }
}
