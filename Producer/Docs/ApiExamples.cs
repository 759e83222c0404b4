using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Producer.Docs;

/// <summary>Gives operations the examples that a reader would try first.</summary>
internal sealed class ApiExamples : IOpenApiOperationTransformer
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";
    private const string MergePatch = "application/merge-patch+json";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var texts = ApiDocument.TextsOf(context);
        var id = operation.OperationId!;
        texts.Describe(operation);
        foreach (var (type, title, value) in texts.Requests(id))
        {
            // A merge patch is the same JSON with its own media type.
            foreach (var (name, media) in operation.RequestBody!.Content!)
            {
                if (name == type || (type == Json && name == MergePatch))
                {
                    Add(media, title, IsJson(type) ? JsonNode.Parse(value)! : value);
                }
            }
        }

        foreach (var (status, response) in operation.Responses!)
        {
            foreach (var (type, media) in response.Content ?? new Dictionary<string, OpenApiMediaType>())
            {
                var value = type == Problem ? ProblemText(texts, status) : texts.Answer(id, status);
                Add(media, response.Description!, IsJson(type) ? JsonNode.Parse(value)! : value);
            }
        }

        return Task.CompletedTask;
    }

    private static bool IsJson(string type) => type == Json || type.EndsWith("+json", StringComparison.Ordinal);

    private static string ProblemText(ApiTexts texts, string status)
    {
        var (title, detail, more) = texts.Problem(status) ?? status switch
        {
            "400" => ("The request is not valid.", "See errors for every field that is wrong.", string.Empty),
            "401" => ("A key is needed.", "Send it as Authorization: Bearer or X-Api-Key; timers keys create makes one.", string.Empty),
            "403" => ("The key does not allow that.", "It needs the scope timers:write.", string.Empty),
            "404" => ("There is no such thing.", "Nothing has this id.", string.Empty),
            "406" => ("None of the accepted types can be answered.", "This answers application/json.", string.Empty),
            "409" => ("That is not allowed now.", "It has changed meanwhile.", string.Empty),
            "412" => ("The resource has changed.", "It no longer has the version that If-Match names. Read it again.", string.Empty),
            "413" => ("Payload Too Large", "Request body too large.", string.Empty),
            "429" => ("That is too much at once.", "The quota of the key is 10 requests a second.", string.Empty),
            "415" => ("The content type is not supported.", "Send application/json.", string.Empty),
            _ => ("The service is unavailable.", "The disk is full.", """, "outcome": "refused" """),
        };
        var number = int.Parse(status, CultureInfo.InvariantCulture);
        const string Type = "https://tools.ietf.org/html/rfc9110";
        return $$"""{ "type": "{{Type}}", "title": "{{title}}", "status": {{number}}, "detail": "{{detail}}"{{more}} }""";
    }

    private static void Add(OpenApiMediaType media, string title, JsonNode value)
    {
        media.Examples ??= new Dictionary<string, IOpenApiExample>();
        media.Examples[title.Replace(' ', '-').ToLowerInvariant()] = new OpenApiExample { Summary = title, Value = value };
    }
}
