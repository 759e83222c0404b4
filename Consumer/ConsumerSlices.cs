using Consumer.Devices;
using Consumer.Items;
using Consumer.Revenue;
using Consumer.Sites;
using Consumer.Timers;
using Infrastructure;

namespace Consumer;

/// <summary>The slices of this service: a new one is one more line.</summary>
internal static class ConsumerSlices
{
    public static IReadOnlyList<Slice> All { get; } =
    [
        new TimersSlice(),
        new DevicesSlice(),
        new SitesSlice(),
        new RevenueSlice(),
        new ItemsSlice(),
    ];
}
