using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Timers.Sqlite;

namespace Tests.Support;

/// <summary>The in-memory store behind both ports; it fails while a test wants it to.</summary>
public class FaultyTimerStore : ITimerStore, IDueTimers, IDisposable
{
    private readonly SqliteTimerStore store;
    private int failed;

    public FaultyTimerStore(TimeProvider? time = null) => store = new SqliteTimerStore(":memory:", time ?? Clocks.AtNoon());

    /// <summary>While it is set, every call of the Runner's side and every write throws it.</summary>
    public Exception? Failure { get; set; }

    /// <summary>How many calls have failed.</summary>
    public int Failed => Volatile.Read(ref failed);

    /// <summary>Loses the answer to the next change, which takes effect (true) or does not (false); null to answer.</summary>
    public bool? LosesAnswer { get; set; }

    /// <summary>Which outcomes it does not take, nor anything that is written with them.</summary>
    public Func<AttemptOutcome, bool> Refuses { get; set; } = _ => false;

    /// <summary>Runs before each claim.</summary>
    public Action OnClaim { get; set; } = () => { };

    public virtual Task AddAsync(IReadOnlyList<Received<TimerScheduled>> created, CancellationToken cancellationToken) =>
        Try(() => store.AddAsync(created, cancellationToken));

    public virtual Task<IReadOnlyList<TimerRecord>> FindAsync(
        string tenant, IReadOnlyList<Guid> keys, CancellationToken cancellationToken) =>
        store.FindAsync(tenant, keys, cancellationToken);

    public Task<IReadOnlyList<AttemptRecord>> FindAttemptsAsync(string tenant, Guid key, CancellationToken cancellationToken) =>
        store.FindAttemptsAsync(tenant, key, cancellationToken);

    public Task<AttemptRecord?> FindLastAttemptAsync(string tenant, Guid key, CancellationToken cancellationToken) =>
        store.FindLastAttemptAsync(tenant, key, cancellationToken);

    public Task<TimerPage> ListAsync(TimerQuery query, CancellationToken cancellationToken) => store.ListAsync(query, cancellationToken);

    public virtual Task<TimerCounts> CountAsync(string tenant, CancellationToken cancellationToken) =>
        store.CountAsync(tenant, cancellationToken);

    public virtual async Task<bool> TryReplaceAsync(TimerRecord read, TimerRecord changed, CancellationToken cancellationToken)
    {
        if (LosesAnswer is not { } takesEffect)
        {
            return await Try(() => store.TryReplaceAsync(read, changed, cancellationToken));
        }

        LosesAnswer = null;
        _ = takesEffect && await store.TryReplaceAsync(read, changed, cancellationToken);
        throw new StoreUnavailableException(WriteOutcome.Unknown, "No answer.");
    }

    public Task<bool> TryEraseAsync(TimerRecord read, DateTimeOffset at, CancellationToken cancellationToken) =>
        Try(() => store.TryEraseAsync(read, at, cancellationToken));

    public virtual Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        OnClaim();
        return Try(() => store.ClaimAsync(request, cancellationToken));
    }

    public Task<IReadOnlyList<TimerRecord>> ExpireAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Try(() => store.ExpireAsync(now, limit, cancellationToken));

    public Task<int> CountDueAsync(ClaimRequest request, CancellationToken cancellationToken) =>
        Try(() => store.CountDueAsync(request, cancellationToken));

    public Task<IReadOnlyList<ClaimedTimer>> MarkSendingAsync(IReadOnlyList<ClaimedTimer> timers, CancellationToken cancellationToken) =>
        Try(() => store.MarkSendingAsync(timers, cancellationToken));

    public virtual Task RecordAsync(IReadOnlyList<AttemptOutcome> outcomes, CancellationToken cancellationToken) =>
        outcomes.Any(Refuses) ? throw new InvalidOperationException("refused") : Try(() => store.RecordAsync(outcomes, cancellationToken));

    public Task HandBackAsync(IReadOnlyList<HandBack> timers, DateTimeOffset now, CancellationToken cancellationToken) =>
        Try(() => store.HandBackAsync(timers, now, cancellationToken));

    public Task<int> ReclaimAsync(DateTimeOffset now, ISet<string>? tenants, CancellationToken cancellationToken) =>
        Try(() => store.ReclaimAsync(now, tenants, cancellationToken));

    public Task<int> PurgeAsync(DateTimeOffset finishedBefore, int limit, CancellationToken cancellationToken) =>
        Try(() => store.PurgeAsync(finishedBefore, limit, cancellationToken));

    public Task<bool> MaintainAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        Try(() => store.MaintainAsync(now, cancellationToken));

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    private T Try<T>(Func<T> call)
        where T : Task
    {
        if (Failure is { } failure)
        {
            Interlocked.Increment(ref failed);
            throw failure;
        }

        return call();
    }
}
