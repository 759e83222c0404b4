using Contracts.Common;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Producer.Docs;

/// <summary>Adds schemas that the types alone do not give: durations, passed-on content.</summary>
internal sealed class ApiSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(TimeSpan))
        {
            Describe(schema, JsonSchemaType.String, "duration", "ISO 8601 duration without years and months, such as PT1H30M or PT0.5S");
        }
        else if (type == typeof(DateTimeOffset))
        {
            Describe(schema, JsonSchemaType.String, "date-time", "RFC 3339 instant with an offset");
        }
        else if (type == typeof(RawContent))
        {
            schema.Type = null;
            schema.Properties?.Clear();
            schema.Required?.Clear();
            schema.Description ??= "Any JSON value; a string is text.";
        }

        return Task.CompletedTask;
    }

    private static void Describe(OpenApiSchema schema, JsonSchemaType type, string format, string description)
    {
        schema.Type = type;
        schema.Format = format;
        schema.Pattern = null;
        schema.Description ??= description;
    }
}
