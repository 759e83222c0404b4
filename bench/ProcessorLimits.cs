using System.Globalization;

namespace Bench;

/// <summary>Limits each process to a part of a core by means of a control group; needs permission to create control groups.</summary>
internal sealed class ProcessorLimits(double cores) : IDisposable
{
    private const string First = "/sys/fs/cgroup/cpu";
    private const string Second = "/sys/fs/cgroup";

    /// <summary>
    /// The kernel's default period, in microseconds: of a shorter one, a small share would be less than the quota's minimum of one
    /// millisecond.
    /// </summary>
    private const int Period = 100_000;

    private readonly List<string> groups = [];

    /// <summary>Whether control groups can be created here.</summary>
    public static bool Work => CanMake();

    public void Hold(int process)
    {
        var group = Path.Combine(Root, $"timers-bench-{process}");
        Directory.CreateDirectory(group);
        groups.Add(group);
        var quota = string.Create(CultureInfo.InvariantCulture, $"{cores * Period:F0}");
        var period = Period.ToString(CultureInfo.InvariantCulture);
        if (Root == First)
        {
            File.WriteAllText(Path.Combine(group, "cpu.cfs_period_us"), period);
            File.WriteAllText(Path.Combine(group, "cpu.cfs_quota_us"), quota);
        }
        else
        {
            File.WriteAllText(Path.Combine(group, "cpu.max"), $"{quota} {period}");
        }

        File.WriteAllText(Path.Combine(group, "cgroup.procs"), process.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Lifts the limits. A control group that contains processes cannot be removed, so processes still running move to the root group.
    /// </summary>
    public void Dispose()
    {
        foreach (var group in groups)
        {
            foreach (var process in File.ReadLines(Path.Combine(group, "cgroup.procs")).ToList())
            {
                File.WriteAllText(Path.Combine(Root, "cgroup.procs"), process);
            }

            Directory.Delete(group);
        }
    }

    private static string Root => Directory.Exists(First) ? First : Second;

    private static bool CanMake()
    {
        var probe = Path.Combine(Root, $"timers-bench-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(probe);
            var works = File.Exists(Path.Combine(probe, Root == First ? "cpu.cfs_quota_us" : "cpu.max"));
            Directory.Delete(probe);
            return works;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
