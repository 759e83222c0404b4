using Client.Sending;
using ClientLibrary.Json;

namespace Client.Items;

/// <summary>
/// Users, base items, items and transfers, told apart by their fields. A request takes one kind, so a file whose kinds stand together needs
/// fewer of them.
/// </summary>
internal static class ItemFeed
{
    private const int BaseItems = 10;

    /// <summary>The share of test events that are users, and that are items; transfers are the rest.</summary>
    private const double Share = 0.2;

    private static readonly EventRoute Users = new("items/users", "eventId");
    private static readonly EventRoute Bases = new("items/base-items", "eventId");
    private static readonly EventRoute Items = new("items", "eventId");
    private static readonly EventRoute Transfers = new("items/transfers", "eventId");

    public static EventFeed Create() => new("items", RouteOf, Generate);

    private static EventRoute RouteOf(IReadOnlySet<string> fields) =>
        fields.Contains("item") || fields.Contains("to") ? Transfers
        : fields.Contains("baseItem") ? Items
        : fields.Contains("description") ? Bases : Users;

    /// <summary>First users, then base items, items, and transfers, so that each finds what it refers to.</summary>
    private static IEnumerable<string> Generate(Generation generation)
    {
        var random = new Random(generation.Seed);
        var share = Math.Max(1, (int)(generation.Count * Share));
        var bases = Math.Min(BaseItems, share);
        for (var i = 0; i < generation.Count; i++)
        {
            var at = InstantJson.ToText(generation.InstantOf(i));
            if (i < share)
            {
                yield return $$"""{"eventId":"{{generation.IdOf("user", i):D}}","timestamp":"{{at}}"}""";
            }
            else if (i < share + bases)
            {
                var number = i - share;
                var id = generation.IdOf("base", number);
                yield return $$"""{"eventId":"{{id:D}}","description":"Thing {{number + 1}}","timestamp":"{{at}}"}""";
            }
            else if (i < share + bases + share)
            {
                var (item, made) = (generation.IdOf("item", i - share - bases), generation.IdOf("base", random.Next(bases)));
                yield return $$"""{"eventId":"{{item:D}}","baseItem":"{{made:D}}","timestamp":"{{at}}"}""";
            }
            else
            {
                var (item, to) = (generation.IdOf("item", random.Next(share)), generation.IdOf("user", random.Next(share)));
                yield return $$"""{"item":"{{item:D}}","to":"{{to:D}}",{{generation.Stamp("transfer", i)}}}""";
            }
        }
    }
}
