using Client.Sending;

namespace Client.Revenue;

/// <summary>Events and adjustments of revenue.</summary>
internal static class RevenueFeed
{
    private const int Users = 20;
    private const int MaxCents = 10_000;
    private const double Refunds = 0.1;

    private static readonly EventRoute Events = new("revenue/events", "eventId");
    private static readonly EventRoute Adjustments = new("revenue/adjustments", "eventId");

    public static EventFeed Create() => new("revenue", fields => fields.Contains("delta") ? Adjustments : Events, Generate);

    private static IEnumerable<string> Generate(Generation generation)
    {
        var random = new Random(generation.Seed);
        for (var i = 0; i < generation.Count; i++)
        {
            var name = random.NextDouble() < Refunds ? "subtract_revenue" : "add_revenue";
            var cents = random.Next(MaxCents);
            var user = random.Next(1, Users + 1);
            var value = $"{cents / 100}.{cents % 100:00}";
            yield return $$"""{"user":"user-{{user}}","name":"{{name}}","value":"{{value}}",{{generation.Stamp("event", i)}}}""";
        }
    }
}
