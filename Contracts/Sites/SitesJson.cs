using System.Text.Json.Serialization;

namespace Contracts.Sites;

/// <summary>Source-generated JSON of the site messages. Every released shape stays readable.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SiteEventsReceived))]
[JsonSerializable(typeof(VisitorErased))]
[JsonSerializable(typeof(SiteErased))]
[JsonSerializable(typeof(SiteEventsRecorded))]
[JsonSerializable(typeof(SiteHappened))]
public sealed partial class SitesJson : JsonSerializerContext;
