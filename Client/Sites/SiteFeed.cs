using Client.Sending;

namespace Client.Sites;

/// <summary>Events of sites.</summary>
internal static class SiteFeed
{
    private const int Users = 50;
    private const double Clicks = 0.2;

    private static readonly EventRoute Events = new("sites/events", "eventId");

    private static readonly string[] Paths = ["/", "/products", "/products/1", "/products/2", "/prices", "/about", "/contact"];

    public static EventFeed Create() => new("sites", _ => Events, Generate);

    private static IEnumerable<string> Generate(Generation generation)
    {
        var random = new Random(generation.Seed);
        for (var i = 0; i < generation.Count; i++)
        {
            var type = random.NextDouble() < Clicks ? "click" : "page_view";
            var path = Paths[random.Next(Paths.Length)];
            var user = random.Next(1, Users + 1);
            var stamp = generation.Stamp("event", i);
            yield return $$"""{"site":"example.org","type":"{{type}}","path":"{{path}}","user":"user-{{user}}",{{stamp}}}""";
        }
    }
}
