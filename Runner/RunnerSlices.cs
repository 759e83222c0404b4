using Runner.Devices;
using Runner.Items;
using Runner.Jobs;
using Runner.Revenue;
using Runner.Schedules;
using Runner.Sites;
using Runner.Timers;

namespace Runner;

/// <summary>The slices of this service: a new slice is one more line.</summary>
internal static class RunnerSlices
{
    public static IReadOnlyList<RunnerSlice> All { get; } =
    [
        new TimersSlice(),
        new DevicesSlice(),
        new SitesSlice(),
        new RevenueSlice(),
        new ItemsSlice(),
        new SchedulesSlice(),
    ];
}
