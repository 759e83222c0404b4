namespace Producer.Items;

/// <summary>The addresses of items.</summary>
internal static class ItemRoutes
{
    public const string Root = "/api/v1/items";

    public static string Of(Guid item) => $"{Root}/{item}";

    public static string OfUser(Guid user) => $"{Root}/users/{user}";

    public static string OfBaseItem(Guid baseItem) => $"{Root}/base-items/{baseItem}";

    public static string HistoryOf(Guid item) => $"{Of(item)}/history";
}
