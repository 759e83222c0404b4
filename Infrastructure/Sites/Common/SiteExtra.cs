using System.Text.Json;
using System.Text.Json.Serialization;
using Contracts.Sites;

namespace Infrastructure.Sites.Common;

/// <summary>What few events have.</summary>
internal sealed record SiteExtra(
    UtmTags? Utm = null, IReadOnlyDictionary<string, string>? Properties = null, string? Address = null)
{
    private static readonly SiteExtra None = new();

    /// <summary>As JSON; null for nothing.</summary>
    public static byte[]? Write(SiteEvent siteEvent) => siteEvent is { Utm: null, Properties: null, Address: null }
        ? null
        : JsonSerializer.SerializeToUtf8Bytes(
            new SiteExtra(siteEvent.Utm, siteEvent.Properties, siteEvent.Address), StoredSitesJson.Default.SiteExtra);

    public static SiteExtra Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, StoredSitesJson.Default.SiteExtra) ?? None;
}

/// <summary>JSON of what is stored of an event.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SiteExtra))]
internal sealed partial class StoredSitesJson : JsonSerializerContext;
