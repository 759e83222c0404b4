using System.Text.Json.Serialization;

namespace Contracts.Timers;

/// <summary>A retry policy as it is stored; null where a member is absent.</summary>
internal sealed record StoredRetryPolicy(
    int? Attempts = null, TimeSpan? FirstDelay = null, double? Factor = null, TimeSpan? Maximum = null, double? Jitter = null,
    IReadOnlyList<TimeSpan>? Delays = null);

/// <summary>Source-generated JSON of stored retry policies.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredRetryPolicy))]
internal sealed partial class RetryPolicyJson : JsonSerializerContext;
