using Client.Devices;
using Client.Items;
using Client.Revenue;
using Client.Schedules;
using Client.Sites;
using Client.Slices;
using Client.Timers;

namespace Client;

/// <summary>The slices of the command line: a new one is one more line.</summary>
internal static class ClientSlices
{
    public static IReadOnlyList<ClientSlice> All { get; } =
    [
        new TimersSlice(),
        new DevicesSlice(),
        new SitesSlice(),
        new RevenueSlice(),
        new ItemsSlice(),
        new SchedulesSlice(),
    ];
}
