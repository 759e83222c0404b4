using Infrastructure;

namespace Consumer;

/// <summary>The Consumer: events in, stored state out.</summary>
public static class ConsumerServices
{
    /// <summary>Adds the handlers of all slices.</summary>
    public static EngineBuilder AddConsumer(this EngineBuilder engines) => engines.AddConsumer(ConsumerSlices.All);

    internal static EngineBuilder AddConsumer(this EngineBuilder engines, IReadOnlyList<Slice> slices)
    {
        foreach (var slice in slices)
        {
            slice.AddTo(engines);
        }

        return engines;
    }
}
