using Contracts.Timers;

namespace Infrastructure.Timers.Sqlite;

/// <summary>A row, with what only the file knows of it.</summary>
/// <param name="Seq">Its place in the file.</param>
/// <param name="Tenant">The number of its tenant.</param>
/// <param name="Row">The timer.</param>
internal sealed record StoredTimer(long Seq, long Tenant, TimerRecord Row);
