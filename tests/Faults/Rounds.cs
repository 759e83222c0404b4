namespace Tests.Faults;

/// <summary>How long the fault tests take: moments in the suite, hours with <c>./build.sh faults</c>.</summary>
public static class Rounds
{
    /// <summary>TEST_FAULT_ROUNDS: how often the embedded program is killed; null in the suite.</summary>
    public static int? Given { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("TEST_FAULT_ROUNDS"), out var rounds) ? rounds : null;

    /// <summary>Kills of the embedded program.</summary>
    public static int Embedded => Given ?? 3;

    /// <summary>Kills of each process and each engine of a cluster: a fifth of the rounds.</summary>
    public static int Cluster => Given is { } rounds ? Math.Max(1, rounds / 5) : 1;

    /// <summary>A lease and a little more: what a dead Runner held may be sent again this long after everything has arrived.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(7);

    /// <summary>How long nothing may have arrived before the last check of a run; short in the suite.</summary>
    public static TimeSpan Quiet => Given is null ? TimeSpan.FromSeconds(2) : Lease;

    /// <summary>How long a run is watched after everything has arrived; in the suite only where tests say so.</summary>
    public static TimeSpan Aftermath => Given is null ? TimeSpan.Zero : Lease;

    /// <summary>TEST_OUTAGE_SECONDS: how long engines are down.</summary>
    public static TimeSpan Outage { get; } = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("TEST_OUTAGE_SECONDS") ?? "7"));
}
