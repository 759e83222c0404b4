using Client.Sending;

namespace Client.Timers;

/// <summary>Timers to be created.</summary>
internal static class TimerFeed
{
    private const int MaxSeconds = 60;

    private static readonly EventRoute Batch = new("timers/batch", "id");

    public static EventFeed Create() => new("timers", _ => Batch, Generate);

    /// <summary>Timers that call <c>timers receive</c> on this machine.</summary>
    private static IEnumerable<string> Generate(Generation generation)
    {
        var random = new Random(generation.Seed);
        for (var i = 0; i < generation.Count; i++)
        {
            var (id, delay) = (generation.IdOf("timer", i), random.Next(1, MaxSeconds + 1));
            yield return $$"""{"id":"{{id:D}}","delay":"PT{{delay}}S","url":"http://127.0.0.1:4000/hook","tags":["generated"]}""";
        }
    }
}
