using System.Text.Json;

namespace ClientLibrary.Live;

/// <summary>An event of a live stream.</summary>
/// <param name="Name">
/// <c>snapshot</c>: everything as it is; <c>change</c>: one thing as it is now; <c>gone</c>: it is there no more.
/// </param>
/// <param name="Id">The position behind it, from which a later stream can go on; null where the service gives none.</param>
/// <param name="Data">What it says.</param>
public sealed record LiveEvent(string Name, string? Id, JsonElement Data);
