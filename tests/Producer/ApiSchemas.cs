using System.Collections.Concurrent;
using System.Text.Json;
using Json.Schema;

namespace Tests.Producer;

/// <summary>Checks values against the API document's schemas, which are of JSON Schema 2020-12 (OpenAPI 3.1).</summary>
internal sealed class ApiSchemas
{
    /// <summary>Where the document's components are registered. Nothing is fetched.</summary>
    private const string Base = "https://api.test/";

    private static readonly EvaluationOptions Listed = new() { OutputFormat = OutputFormat.List };

    private readonly BuildOptions options = new() { SchemaRegistry = new SchemaRegistry(), Dialect = Dialect.Draft202012 };
    private readonly ConcurrentDictionary<string, JsonSchema> built = new(StringComparer.Ordinal);

    public ApiSchemas(OpenApiDocument document) => Build(
        $$"""{ "$id": "{{Base}}", "$defs": {{document.Root.GetProperty("components").GetProperty("schemas").GetRawText()}} }""");

    /// <summary>Null when the schema allows the value, else where it does not, and why.</summary>
    public string? Check(JsonElement schema, JsonElement value)
    {
        var results = built.GetOrAdd(schema.GetRawText(), Build).Evaluate(value, Listed);
        return results.IsValid ? null : string.Join(
            "; ",
            from each in (results.Details ?? []).Prepend(results)
            from error in each.Errors ?? []
            select $"${each.InstanceLocation}: {error.Key} {error.Value}");
    }

    private JsonSchema Build(string schema) => JsonSchema.Build(
        JsonElement.Parse(schema.Replace("\"#/components/schemas/", $"\"{Base}#/$defs/", StringComparison.Ordinal)), options, null);
}
