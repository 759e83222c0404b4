using Contracts.Timers;

namespace Infrastructure.Timers.Sqlite;

/// <summary>A row, with the values that only the file knows.</summary>
/// <param name="Seq">Its sequence number in the file.</param>
/// <param name="Tenant">Its tenant's number.</param>
/// <param name="Row">The timer as its row has it.</param>
internal sealed record StoredTimer(long Seq, long Tenant, TimerRecord Row);
