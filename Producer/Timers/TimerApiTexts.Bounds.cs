using Contracts.Timers;
using Microsoft.OpenApi;
using Producer.Docs;
using Producer.Http;

namespace Producer.Timers;

/// <content>The validators' bounds.</content>
internal sealed partial class TimerApiTexts
{
    public override void Bound(ApiSchemaSet schemas)
    {
        var timer = Timer();
        timer["onConflict"] = ApiShapes.Words("return", "reject", "replace").OrNull();
        if (schemas.Bound("TimerRequest", timer) is { } create)
        {
            create.Required = new HashSet<string>(StringComparer.Ordinal) { "url" };
            create.OneOf = [OnlyWith("dueAt"), OnlyWith("delay")];
            create.AnyOf = [Without("expiresAt"), Without("maxAge")];
        }

        if (schemas.Bound("TimerChange", Timer()) is { } change)
        {
            change.Properties!.Remove("id");
            change.Properties!.Remove("onConflict");
            var header = (OpenApiSchema)((OpenApiSchema)change.Properties["headers"]).AdditionalProperties!;
            header.Type = JsonSchemaType.String | JsonSchemaType.Null;
        }

        schemas.Bound("RetryRequest", Retry())?.AnyOf = [Without("delays"), Without("attempts", "firstDelay", "factor", "maximum")];
        schemas.Bound("TimerReplay", new() { ["expiresAt"] = Expiry(), ["maxAge"] = Age() });
        schemas.Bound("ReplayRequest", Replay());
        schemas.Bound("SeedTimerRequest", Seed())?.Required = new HashSet<string>(StringComparer.Ordinal)
        {
            "hours", "minutes", "seconds", "webhookUrl",
        };
        var pause = new OpenApiSchema { Type = JsonSchemaType.String, Format = "duration" };
        schemas.Bound("RetryResource", new() { ["delays"] = ApiShapes.List(pause, 1, RetryPolicy.MaxAttempts - 1) });
        schemas.Find("TimerList")?.Required!.Remove("next");
    }

    private static Dictionary<string, OpenApiSchema> Timer() => new()
    {
        ["url"] = Address(),
        ["dueAt"] = ApiShapes.Instant(),
        ["delay"] = ApiShapes.Duration("PT1H30M", "P1D", "PT90.5S"),
        ["maxDelay"] = ApiShapes.Duration("PT24H", "PT0.001S").OrNull(),
        ["expiresAt"] = Expiry(),
        ["maxAge"] = Age(),
        ["method"] = ApiShapes.Words("GET", "POST", "PUT", "PATCH", "DELETE").OrNull(),
        ["headers"] = ApiShapes.TextMap(TimerRules.MaxHeaders).OrNull(),
        ["body"] = new OpenApiSchema(),
        ["onAmbiguous"] = ApiShapes.Words("redeliver", "park").OrNull(),
        ["timeout"] = ApiShapes.Duration("PT15S", "PT0.1S", "PT60S").OrNull(),
        ["tags"] = ApiShapes.List(ApiShapes.Text(1, TimerRules.MaxTagLength), 0, TimerRules.MaxTags).OrNull(),
        ["metadata"] = new OpenApiSchema { Type = JsonSchemaType.Object | JsonSchemaType.Null },
        ["id"] = IdSchema().OrNull(),
    };

    private static Dictionary<string, OpenApiSchema> Retry() => new()
    {
        ["attempts"] = ApiShapes.Whole(1, RetryPolicy.MaxAttempts).OrNull(),
        ["firstDelay"] = ApiShapes.Duration("PT5S", "PT0.001S", "P1D").OrNull(),
        ["factor"] = ApiShapes.Number(1, 10).OrNull(),
        ["maximum"] = ApiShapes.Duration("PT1H", "PT0.001S", "P7D").OrNull(),
        ["jitter"] = ApiShapes.Number(0, 1).OrNull(),
        ["delays"] = ApiShapes.List(ApiShapes.Duration("PT1S", "PT0.001S", "P7D"), 1, RetryPolicy.MaxAttempts - 1).OrNull(),
    };

    private static Dictionary<string, OpenApiSchema> Replay() => new()
    {
        ["expired"] = new OpenApiSchema { Type = JsonSchemaType.Boolean | JsonSchemaType.Null },
        ["expiresAt"] = Expiry(),
        ["maxAge"] = Age(),
        ["tag"] = ApiShapes.Text(1, TimerRules.MaxTagLength).OrNull(),
        ["dueFrom"] = ApiShapes.Instant().OrNull(),
        ["dueTo"] = ApiShapes.Instant().OrNull(),
        ["limit"] = ApiShapes.Whole(1, ReplayRequest.MaxLimit).OrNull(),
    };

    private static Dictionary<string, OpenApiSchema> Seed() => new()
    {
        ["hours"] = ApiShapes.Whole(0, SeedTimerValidator.MaxHours),
        ["minutes"] = ApiShapes.Whole(0, 59),
        ["seconds"] = ApiShapes.Whole(0, 59),
        ["webhookUrl"] = Address(),
    };

    private static OpenApiSchema Expiry() => ApiShapes.Instant().OrNull();

    private static OpenApiSchema Age() => ApiShapes.Duration("PT1H", "PT0.001S").OrNull();

    private static OpenApiSchema Without(params string[] properties) => new()
    {
        Properties = properties.ToDictionary(name => name, IOpenApiSchema (_) => new OpenApiSchema { Type = JsonSchemaType.Null }),
    };

    private static OpenApiSchema OnlyWith(string property) =>
        new() { Required = new HashSet<string>(StringComparer.Ordinal) { property } };

    private static OpenApiSchema IdSchema() => new()
    {
        Type = JsonSchemaType.String,
        Pattern = $"^[A-Za-z0-9._~:-]{{1,{TimerRules.MaxIdLength}}}$",
        Not = ApiShapes.Words(TimerRules.ReservedIds),
    };

    private static OpenApiSchema Address() => new() { Type = JsonSchemaType.String, Format = "uri", MaxLength = WebAddress.MaxLength };
}
