using System.Globalization;
using ClientLibrary;
using ClientLibrary.Json;

namespace Client.Printing;

/// <summary>Texts that go to a terminal.</summary>
internal static class Printable
{
    /// <summary>Replaces characters that would control the terminal.</summary>
    public static string Text(string? text) =>
        text is null ? string.Empty : string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    /// <summary>An instant in UTC; empty for none.</summary>
    public static string Instant(DateTimeOffset? instant) => instant is { } at ? InstantJson.ToText(at) : string.Empty;

    /// <summary>A number with its thousands apart.</summary>
    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>How many timers are due at a receiver, of how many of the tenant's; empty if it is not told.</summary>
    public static string Load(DueLoad? load) => load is null ? string.Empty
        : $"{Number(load.AtDestination)} of {Number(load.OfTenant)}{(load.Complete ? string.Empty : " or more")}";
}
