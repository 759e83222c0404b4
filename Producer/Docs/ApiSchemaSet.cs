using Microsoft.OpenApi;

namespace Producer.Docs;

/// <summary>The schemas of the API document. A Producer for reads has no request schemas, one for writes no list schemas.</summary>
internal sealed class ApiSchemaSet(IDictionary<string, IOpenApiSchema> schemas)
{
    /// <summary>The schema of a type; null when no route of this Producer uses it.</summary>
    public OpenApiSchema? Find(string name) => schemas.TryGetValue(name, out var schema) ? (OpenApiSchema)schema : null;

    /// <summary>
    /// Replaces the type's properties with bounded ones, and forbids others as the readers do. Descriptions stay those of the
    /// type.
    /// </summary>
    public OpenApiSchema? Bound(string name, Dictionary<string, OpenApiSchema> properties)
    {
        if (Find(name) is not { } schema)
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
}
