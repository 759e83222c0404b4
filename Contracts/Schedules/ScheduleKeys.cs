using System.Security.Cryptography;
using System.Text;
using Contracts.Common;

namespace Contracts.Schedules;

/// <summary>Keys of schedules and ids of their runs: the same on every machine and in every release.</summary>
public static class ScheduleKeys
{
    /// <summary>The key of a schedule: 128 bits of SHA-256 over its tenant and name.</summary>
    public static Guid Of(string tenant, string name) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\0{name}")).AsSpan(0, 16), bigEndian: true);

    /// <summary>
    /// The id of a run's timer. Whoever makes the run again makes the same one; of a schedule that was changed, or deleted and created
    /// again, it is another; but what is backfilled keeps its id over changes.
    /// </summary>
    public static string TimerIdOf(ScheduleRecord schedule, ScheduleOccurrence run)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(run);
        var kind = run.IsBackfilled ? "backfilled"
            : run.IsManual ? $"{run.Generation}\0asked {run.Number}" : $"{run.Generation}\0scheduled";
        var text = $"{schedule.Tenant}\0{schedule.Name}\0{schedule.Progress.Incarnation:N}\0{kind}\0"
            + Rfc3339.ToString(run.ScheduledFor);
        return $"schedule-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16))}";
    }
}
