using Contracts.Timers;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Producer.Seeds;
using Producer.Timers;

namespace Producer.Docs;

/// <summary>Writes into the schemas what the validators hold requests to; descriptions stay those of the types.</summary>
internal sealed class ApiBounds : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var schemas = document.Components!.Schemas!;

        // A Producer for reads has none of the requests, one for writes no list.
        if (Bound(schemas, "TimerRequest", Timer()) is { } create)
        {
            create.Required = new HashSet<string>(StringComparer.Ordinal) { "url" };
            create.OneOf = [OnlyWith("dueAt"), OnlyWith("delay")];
        }

        Bound(schemas, "TimerChange", Timer())?.Properties!.Remove("id");
        Bound(schemas, "RetryRequest", Retry());
        Bound(schemas, "ReplayRequest", Replay());
        Bound(schemas, "SeedTimerRequest", Seed())?.Required = new HashSet<string>(StringComparer.Ordinal) { "webhookUrl" };
        var pause = new OpenApiSchema { Type = JsonSchemaType.String, Format = "duration" };
        Bound(schemas, "RetryResource", new() { ["delays"] = ApiShapes.List(pause, 1, RetryPolicy.MostAttempts - 1) });
        Find(schemas, "TimerList")?.Required!.Remove("next");
        Extend(Find(schemas, "ProblemDetails")!);
        return Task.CompletedTask;
    }

    private static Dictionary<string, OpenApiSchema> Timer() => new()
    {
        ["url"] = ApiShapes.Address(),
        ["dueAt"] = ApiShapes.Instant(),
        ["delay"] = ApiShapes.Duration("PT1H30M", "P1D", "PT90.5S"),
        ["method"] = ApiShapes.Words("GET", "POST", "PUT", "PATCH", "DELETE").OrNull(),
        ["headers"] = ApiShapes.TextMap(TimerRules.MostHeaders).OrNull(),
        ["body"] = new OpenApiSchema(),
        ["onAmbiguous"] = ApiShapes.Words("redeliver", "park").OrNull(),
        ["timeout"] = ApiShapes.Duration("PT15S", "PT0.1S", "PT60S").OrNull(),
        ["tags"] = ApiShapes.List(ApiShapes.Text(1, TimerRules.LongestTag), 0, TimerRules.MostTags).OrNull(),
        ["metadata"] = new OpenApiSchema { Type = JsonSchemaType.Object | JsonSchemaType.Null },
        ["id"] = ApiShapes.Id().OrNull(),
    };

    private static Dictionary<string, OpenApiSchema> Retry() => new()
    {
        ["attempts"] = ApiShapes.Whole(1, RetryPolicy.MostAttempts).OrNull(),
        ["firstDelay"] = ApiShapes.Duration("PT5S", "PT0.001S", "P1D").OrNull(),
        ["factor"] = ApiShapes.Number(1, 10).OrNull(),
        ["maximum"] = ApiShapes.Duration("PT1H", "PT0.001S", "P7D").OrNull(),
        ["jitter"] = ApiShapes.Number(0, 1).OrNull(),
        ["delays"] = ApiShapes.List(ApiShapes.Duration("PT1S", "PT0.001S", "P7D"), 1, RetryPolicy.MostAttempts - 1).OrNull(),
    };

    private static Dictionary<string, OpenApiSchema> Replay() => new()
    {
        ["tag"] = ApiShapes.Text(1, TimerRules.LongestTag).OrNull(),
        ["dueFrom"] = ApiShapes.Instant().OrNull(),
        ["dueTo"] = ApiShapes.Instant().OrNull(),
        ["limit"] = ApiShapes.Whole(1, ReplayRequest.MostLimit).OrNull(),
    };

    private static Dictionary<string, OpenApiSchema> Seed() => new()
    {
        ["hours"] = ApiShapes.Whole(0, SeedTimerValidator.MostHours).OrNull(),
        ["minutes"] = ApiShapes.Whole(0, SeedTimerValidator.MostHours * 60).OrNull(),
        ["seconds"] = ApiShapes.Whole(0, SeedTimerValidator.MostHours * 3600).OrNull(),
        ["webhookUrl"] = ApiShapes.Address(),
    };

    /// <summary>Puts the bounded properties in place of those that the types gave, and refuses others as the readers do.</summary>
    private static OpenApiSchema? Bound(IDictionary<string, IOpenApiSchema> schemas, string name, Dictionary<string, OpenApiSchema> properties)
    {
        if (Find(schemas, name) is not { } schema)
        {
            return null;
        }

        schema.AdditionalPropertiesAllowed = false;
        foreach (var (property, bounded) in properties)
        {
            bounded.Description = schema.Properties![property].Description;
            schema.Properties[property] = bounded;
        }

        return schema;
    }

    private static OpenApiSchema? Find(IDictionary<string, IOpenApiSchema> schemas, string name) =>
        schemas.TryGetValue(name, out var schema) ? (OpenApiSchema)schema : null;

    private static OpenApiSchema OnlyWith(string property) =>
        new() { Required = new HashSet<string>(StringComparer.Ordinal) { property } };

    /// <summary>What the problems of this service carry beyond RFC 9457.</summary>
    private static void Extend(OpenApiSchema problem)
    {
        problem.Properties!["errors"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            Description = "Of a 400: every wrong field with what is wrong with it; $ is the whole body.",
        };
        var outcome = ApiShapes.Words("refused", "unknown");
        outcome.Description = "Of a 503: refused did not happen and will not; unknown may have happened or still happen.";
        problem.Properties["outcome"] = outcome;
        problem.Properties["id"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Description = "Of a create's 503: the timer that it would have made.",
        };
    }
}
