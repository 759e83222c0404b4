namespace Tests.Contracts.Schedules;

/// <summary>How many random cases the schedules' tests take: the same few in the suite, many with TEST_FAULT_ROUNDS.</summary>
internal static class ScheduleRounds
{
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("TEST_FAULT_ROUNDS"), out var rounds) ? Math.Max(1, rounds) : 1;

    /// <summary>TEST_SEED: what the random cases are made from; shown where one fails.</summary>
    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("TEST_SEED"), out var seed) ? seed : 20_260_329;

    public static int Of(int inTheSuite) => inTheSuite * Factor;
}
