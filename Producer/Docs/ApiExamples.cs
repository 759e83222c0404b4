using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Producer.Seeds;
using Producer.Timers;

namespace Producer.Docs;

/// <summary>Gives operations the examples that a reader would try first.</summary>
internal sealed class ApiExamples : IOpenApiOperationTransformer
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var id = operation.OperationId!;
        if (id == "scheduleTimerBatch")
        {
            DescribeBatch(operation);
        }

        operation.RequestBody?.Content?.Remove(SeedTimers.AnyType);
        foreach (var (type, title, value) in ApiExampleTexts.Requests(id))
        {
            // A merge patch is JSON under a name of its own.
            foreach (var (name, media) in operation.RequestBody!.Content!)
            {
                if (name == type || (type == Json && name.EndsWith("+json", StringComparison.Ordinal)))
                {
                    Add(media, title, type == Json ? JsonNode.Parse(value)! : value);
                }
            }
        }

        foreach (var (status, response) in operation.Responses!)
        {
            foreach (var (type, media) in response.Content ?? new Dictionary<string, OpenApiMediaType>())
            {
                var value = type == Problem ? ApiExampleTexts.Problem(status) : ApiExampleTexts.Answer(id, status);
                Add(media, response.Description!, type is Json or Problem ? JsonNode.Parse(value)! : value);
            }
        }

        return Task.CompletedTask;
    }

    private static void Add(OpenApiMediaType media, string title, JsonNode value)
    {
        media.Examples ??= new Dictionary<string, IOpenApiExample>();
        media.Examples[title.Replace(' ', '-').ToLowerInvariant()] = new OpenApiExample { Summary = title, Value = value };
    }

    /// <summary>What routing cannot say: lines are text, the array is bounded, and a batch without a good item is a 400 with results.</summary>
    private static void DescribeBatch(OpenApiOperation operation)
    {
        var request = operation.RequestBody!.Content!;
        var array = (OpenApiSchema)request[Json].Schema!;
        array.MinItems = 1;
        array.MaxItems = ScheduleTimerBatch.MostItems;
        request[ScheduleTimerBatch.Ndjson].Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "One timer a line." };
        var responses = operation.Responses!;
        responses["400"].Content![Json] = new OpenApiMediaType { Schema = responses["207"].Content![Json].Schema };
    }
}
