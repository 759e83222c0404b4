using System.Text.Json;
using System.Text.Json.Serialization;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>Source-generated JSON of revenue.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RevenueEventRequest))]
[JsonSerializable(typeof(RevenueAdjustmentRequest))]
[JsonSerializable(typeof(RevenueEventTypeRequest))]
[JsonSerializable(typeof(RevenueEventTypeResource))]
[JsonSerializable(typeof(RevenueEventTypeList))]
[JsonSerializable(typeof(RevenueUserResource))]
[JsonSerializable(typeof(RevenueUserList))]
[JsonSerializable(typeof(LedgerEntryList))]
[JsonSerializable(typeof(RevenueStatsResource))]
[JsonSerializable(typeof(RevenueTodayResource))]
[JsonSerializable(typeof(ExportedEntry))]
[JsonSerializable(typeof(SeedLiveEventRequest))]
[JsonSerializable(typeof(SeedLiveEventAnswer))]
[JsonSerializable(typeof(SeedRevenueError))]
[JsonSerializable(typeof(IReadOnlyList<SeedUserRevenue>))]
internal sealed partial class RevenueResourcesJson : JsonSerializerContext
{
    /// <summary>The context that responses are written with.</summary>
    public static RevenueResourcesJson Http { get; } = new(HttpJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)));
}
