using Producer.DeadLetters;
using Producer.Devices;
using Producer.Events;
using Producer.Items;
using Producer.Keys;
using Producer.Revenue;
using Producer.Schedules;
using Producer.SigningSecrets;
using Producer.Sites;
using Producer.Slices;
using Producer.Timers;

namespace Producer;

/// <summary>The slices of this service: a new one is one more line.</summary>
internal static class ProducerSlices
{
    public static IReadOnlyList<ProducerSlice> All { get; } =
    [
        new TimersSlice(),
        new DevicesSlice(),
        new SitesSlice(),
        new RevenueSlice(),
        new ItemsSlice(),
        new EventsSlice(),
        new DeadLettersSlice(),
        new KeysSlice(),
        new SigningSecretsSlice(),
        new SchedulesSlice(),
    ];
}
