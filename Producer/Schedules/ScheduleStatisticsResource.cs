namespace Producer.Schedules;

/// <summary>How the last runs went.</summary>
/// <param name="Succeeded">How many of the last runs have succeeded.</param>
/// <param name="Failed">How many have failed for good.</param>
/// <param name="Expired">How many have expired undelivered.</param>
/// <param name="SuccessRate">Those that have succeeded among all three, 0 to 1; absent while there are none.</param>
/// <param name="LatenessMs">How late their last attempts were begun; absent while there are none.</param>
internal sealed record ScheduleStatisticsResource(
    int Succeeded, int Failed, int Expired, double? SuccessRate, LatenessResource? LatenessMs)
{
    public static ScheduleStatisticsResource From(
        int succeeded, int failed, int expired, IReadOnlyList<TimeSpan> lateness) => new(
        succeeded,
        failed,
        expired,
        succeeded + failed + expired == 0 ? null : Math.Round((double)succeeded / (succeeded + failed + expired), 4),
        lateness.Count == 0 ? null : new LatenessResource(Rank(lateness, 50), Rank(lateness, 90), Rank(lateness, 99)));

    public static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);

    /// <summary>The nearest rank: the smallest one that so many percent are not above.</summary>
    private static double Rank(IReadOnlyList<TimeSpan> ordered, int percent) =>
        Milliseconds(ordered[((ordered.Count * percent) + 99) / 100 - 1]);
}

/// <summary>Percentiles of lateness: milliseconds from the planned instant to the start of an attempt.</summary>
/// <param name="P50">Half of the runs were no later.</param>
/// <param name="P90">Nine tenths were no later.</param>
/// <param name="P99">Ninety-nine hundredths were no later; of up to 99 runs, the latest one.</param>
internal sealed record LatenessResource(double P50, double P90, double P99);
