using System.Reflection;

namespace Tests.Architecture;

/// <summary>The slices, by the name of their folders.</summary>
internal static class SliceNames
{
    /// <summary>The rooms of Contracts that every slice uses; each other folder there is a slice's.</summary>
    private static readonly string[] GeneralRooms = ["Access", "Caching", "Common", "Events", "Live", "Messaging", "Signing", "Storage"];

    /// <remarks>Taken from Contracts, where a slice begins: one that the services do not have yet is seen, too.</remarks>
    public static IReadOnlyList<string> All { get; } = [.. Assembly.Load("Contracts").GetTypes()
        .Select(type => type.Namespace?.Split('.') is ["Contracts", var room, ..] ? room : null).OfType<string>()
        .Distinct().Except(GeneralRooms).Order(StringComparer.Ordinal)];
}
