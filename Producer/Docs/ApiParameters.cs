using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Producer.Http;

namespace Producer.Docs;

/// <summary>Describes parameters and headers: handlers take them as plain text, so that they can report every invalid one.</summary>
internal sealed class ApiParameters : IOpenApiOperationTransformer
{
    private const string Challenge = "WWW-Authenticate";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var texts = ApiDocument.TextsOf(context);
        var id = operation.OperationId!;
        foreach (var name in texts.RequestHeaders(id))
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter { Name = name, In = ParameterLocation.Header });
        }

        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            (parameter.Description, parameter.Schema) = texts.Parameter(parameter.Name!) ?? Shared(parameter.Name!);
        }

        foreach (var (status, response) in operation.Responses ?? [])
        {
            foreach (var name in texts.ResponseHeaders(id, status).Concat(SharedHeaders(status, response)))
            {
                var headers = ((OpenApiResponse)response).Headers ??= new Dictionary<string, IOpenApiHeader>();
                headers[name] = new OpenApiHeader
                {
                    Description = texts.ResponseHeader(name) ?? SharedHeader(name),
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                };
            }
        }

        return Task.CompletedTask;
    }

    private static IEnumerable<string> SharedHeaders(string status, IOpenApiResponse response) => status switch
    {
        "503" => ["Retry-After"],
        "401" or "403" when IsProblem(response) => [Challenge],
        "429" when IsProblem(response) => ["Retry-After", "RateLimit", "RateLimit-Policy"],
        _ => [],
    };

    private static bool IsProblem(IOpenApiResponse response) => response.Content?.ContainsKey("application/problem+json") == true;

    private static (string Description, OpenApiSchema Schema) Shared(string name) => name switch
    {
        PreferWait.Header => (
            "`wait=N`: wait up to N seconds (30 at most) until it is applied before responding.",
            new OpenApiSchema { Type = JsonSchemaType.String, Examples = ["wait=1"] }),
        "If-Match" => (
            "The ETag from your last read, or `*`: 412 if it has changed since.",
            new OpenApiSchema { Type = JsonSchemaType.String, Examples = ["\"1\"", "*"] }),
        "limit" => ("Maximum page size. Default 50.", ApiShapes.Whole(1, 1_000)),
        "cursor" => ("The `next` of the previous page.", new OpenApiSchema { Type = JsonSchemaType.String }),
        _ => throw new InvalidOperationException($"The parameter {name} has no description."),
    };

    private static string SharedHeader(string name) => name switch
    {
        Challenge => "How to send a key (RFC 6750).",
        "RateLimit" => "What is left of the quotas: `\"key\";r=9;t=1`.",
        "RateLimit-Policy" => "The quotas, in requests a second: `\"key\";q=10;w=1`.",
        "Retry-After" => "Seconds to wait before trying again.",
        "ETag" => "The version, for If-Match.",
        PreferWait.Applied => "`wait=N`, if the request asked to wait.",
        "Location" => "The address to read it from.",
        "X-Tracking-Id" => "Names the event at `/api/v1/events/{trackingId}`.",
        _ => throw new InvalidOperationException($"The header {name} has no description."),
    };
}
