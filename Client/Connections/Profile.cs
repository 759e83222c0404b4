using System.Text.Json;
using System.Text.Json.Serialization;

namespace Client.Connections;

/// <summary>A service that people call by a name.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Key">The key for it; null for none.</param>
internal sealed record Profile(string Url, string? Key);

/// <summary>All profiles, as their file has them.</summary>
/// <param name="Current">The name of the one that is used by default; null for none.</param>
/// <param name="Profiles">By their names.</param>
internal sealed record ProfileSet(string? Current, SortedDictionary<string, Profile> Profiles);

/// <summary>JSON of the file of profiles.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ProfileSet))]
internal sealed partial class ProfileJson : JsonSerializerContext;
