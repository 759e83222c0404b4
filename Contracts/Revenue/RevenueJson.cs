using System.Text.Json.Serialization;

namespace Contracts.Revenue;

/// <summary>Source-generated JSON of the revenue messages. Every released shape stays readable.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RevenueReceived))]
[JsonSerializable(typeof(RevenueAdjusted))]
[JsonSerializable(typeof(RevenueUserErased))]
[JsonSerializable(typeof(BalanceChanged))]
public sealed partial class RevenueJson : JsonSerializerContext;
