using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Producer.Docs;

/// <summary>Adds the validators' bounds to the schemas.</summary>
internal sealed class ApiBounds(IEnumerable<ApiTexts> texts) : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var schemas = new ApiSchemaSet(document.Components!.Schemas!);
        foreach (var each in texts)
        {
            each.Bound(schemas);
        }

        Extend(schemas.Find("ProblemDetails")!);
        return Task.CompletedTask;
    }

    /// <summary>Members of this service's problems beyond RFC 9457.</summary>
    private static void Extend(OpenApiSchema problem)
    {
        problem.Properties!["errors"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            AdditionalProperties =
                new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            Description = "Of a 400: every wrong field with what is wrong with it; $ is the whole body.",
        };
        var outcome = ApiShapes.Words("refused", "unknown");
        outcome.Description = "Of a 503: refused did not happen and will not; unknown may have happened or still happen.";
        problem.Properties["outcome"] = outcome;
        problem.Properties["deadLetter"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Description = "Of what was accepted but could not be applied: the dead letter that it is.",
        };
        problem.Properties["id"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Description = "Of a create's 503: the id of what it would have created.",
        };
    }
}
