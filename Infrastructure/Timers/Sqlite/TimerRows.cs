using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Common;

namespace Infrastructure.Timers.Sqlite;

/// <summary>Converts between rows and records.</summary>
internal static class TimerRows
{
    /// <summary>The columns that <see cref="Read"/> reads, in its order.</summary>
    public const string Columns =
        "seq, key, state, next_at, due_at, created_at, claim, version, occurrence, attempts, attempts_before_replay, "
        + "pending, may_still_arrive, fingerprint, spec, timers.tenant, expires_at";

    public const int StateColumn = 2;
    public const int NextAtColumn = 3;
    public const int DueAtColumn = 4;
    public const int SpecColumn = 14;
    public const int TenantColumn = 15;

    /// <summary>Stands in for a tenant that was not read, where only the state matters.</summary>
    public const string TenantUnread = "";

    /// <param name="row">The row's columns.</param>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="withSpec">Whether to read the spec.</param>
    public static TimerRecord Read(SqliteStatement row, string tenant, bool withSpec = true)
    {
        var claim = row.Int64(6);
        return new TimerRecord
        {
            Key = row.Guid(1),
            Tenant = tenant,
            State = ToState(row.Int32(StateColumn)),
            NextAt = StoredInstants.FromMilliseconds(row.Int64(NextAtColumn)),
            DueAt = StoredInstants.FromMilliseconds(row.Int64(DueAtColumn)),
            CreatedAt = StoredInstants.FromTicks(row.Int64(5)),
            Claim = claim == TimerSchema.NoClaim ? null : new ClaimToken(claim),
            Version = row.Int64(7),
            Occurrence = row.Int32(8),
            Attempts = row.Int32(9),
            AttemptsBeforeReplay = row.Int32(10),
            Pending = (PendingCommand)row.Int32(11),
            MayStillArrive = row.Int32(12) != 0,
            Fingerprint = row.IsNull(13) ? null : row.Int64(13),
            ExpiresAt = row.IsNull(16) ? null : StoredInstants.FromMilliseconds(row.Int64(16)),
            Spec = withSpec ? StoredSpec.Read(row.Blob(SpecColumn)) : StoredSpec.Unread,
        };
    }

    /// <summary>Reads a row that may be damaged.</summary>
    /// <param name="row">The row's columns.</param>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="withSpec">Whether to read the spec.</param>
    /// <param name="damage">Told what is wrong with a damaged row.</param>
    /// <returns>Null if it cannot be read.</returns>
    public static TimerRecord? TryRead(SqliteStatement row, string tenant, bool withSpec, DamageReport damage)
    {
        try
        {
            return Read(row, tenant, withSpec);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            damage.Add(Damaged(row.Int64(0), error.Message));
            return null;
        }
    }

    /// <param name="seq">The row's number.</param>
    /// <param name="why">What cannot be read.</param>
    public static string Damaged(long seq, string why) => $"Row {seq} of the timers cannot be read: {why}";

    /// <param name="row">The row's columns.</param>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="withSpec">Whether to read the spec.</param>
    public static StoredTimer ReadStored(SqliteStatement row, string tenant = TenantUnread, bool withSpec = true) =>
        new(row.Int64(0), row.Int64(TenantColumn), Read(row, tenant, withSpec));

    public static AttemptRecord ReadAttempt(SqliteStatement row) => new()
    {
        Occurrence = row.Int32(0),
        Number = row.Int32(1),
        StartedAt = StoredInstants.FromMicroseconds(row.Int64(2)),
        Latency = TimeSpan.FromMicroseconds(row.Int64(3)),
        Lateness = TimeSpan.FromMicroseconds(row.Int64(4)),
        Status = row.IsNull(5) ? null : row.Int32(5),
        Error = row.IsNull(6) ? null : row.Text(6),
        Response = row.Blob(7).ToArray(),
    };

    public static TimerState ToState(int code) => code switch
    {
        TimerSchema.Near or TimerSchema.Far => TimerState.Scheduled,
        TimerSchema.Armed => TimerState.Armed,
        TimerSchema.Sending => TimerState.Sending,
        TimerSchema.Paused => TimerState.Paused,
        TimerSchema.Ambiguous => TimerState.Ambiguous,
        TimerSchema.Succeeded => TimerState.Succeeded,
        TimerSchema.Failed => TimerState.Failed,
        TimerSchema.Cancelled => TimerState.Cancelled,
        TimerSchema.Expired => TimerState.Expired,
        TimerSchema.Damaged => throw new InvalidOperationException("It was found damaged when it fell due, and set aside."),
        _ => throw new InvalidOperationException($"The stored state {code} is unknown."),
    };

    /// <summary>Whether a code means a state.</summary>
    public static bool IsIn(TimerState state, int code) =>
        code == ToCode(state, isNear: true) || code == ToCode(state, isNear: false);

    /// <param name="state">The state whose code is asked for.</param>
    /// <param name="isNear">For a scheduled timer: whether it belongs in the index on due instants.</param>
    public static int ToCode(TimerState state, bool isNear) => state switch
    {
        TimerState.Scheduled => isNear ? TimerSchema.Near : TimerSchema.Far,
        TimerState.Armed => TimerSchema.Armed,
        TimerState.Sending => TimerSchema.Sending,
        TimerState.Paused => TimerSchema.Paused,
        TimerState.Ambiguous => TimerSchema.Ambiguous,
        TimerState.Succeeded => TimerSchema.Succeeded,
        TimerState.Failed => TimerSchema.Failed,
        TimerState.Cancelled => TimerSchema.Cancelled,
        _ => TimerSchema.Expired,
    };
}
