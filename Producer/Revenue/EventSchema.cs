using System.Text.Json;
using Contracts.Common;
using Json.Schema;

namespace Producer.Revenue;

/// <summary>The JSON schema (draft 2020-12) of a registered name of events.</summary>
internal sealed class EventSchema
{
    /// <summary>Maximum size of a schema, in bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>Maximum depth of a schema.</summary>
    public const int MaxDepth = 32;

    private const string Draft = "https://json-schema.org/draft/2020-12/schema";

    /// <summary>
    /// What would make a schema lead elsewhere, or back into itself without end. Events are flat, so that there is nothing to refer to; and
    /// property names by pattern are of no use where there are six.
    /// </summary>
    private static readonly string[] Refused =
    [
        "$ref", "$dynamicRef", "$recursiveRef", "$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "patternProperties",
    ];

    private static readonly Dialect Linear = Dialect.Draft202012.With([new LinearPattern()]);
    private static readonly EvaluationOptions Listed = new() { OutputFormat = OutputFormat.List };

    private readonly JsonSchema schema;

    private EventSchema(JsonSchema schema) => this.schema = schema;

    /// <summary>Reads a schema.</summary>
    /// <param name="json">An object.</param>
    /// <param name="problem">Why it cannot be used.</param>
    /// <returns>Null if it cannot be used.</returns>
    public static EventSchema? TryRead(JsonElement json, out string? problem)
    {
        problem = json.ValueKind != JsonValueKind.Object ? "must be an object"
            : json.TryGetProperty("$schema", out var draft) && draft.ToString().TrimEnd('#') != Draft ? $"must be of {Draft}"
            : FindRefused(json, isRoot: true) is { } refused ? $"must not have {refused}"
            : null;
        if (problem is not null)
        {
            return null;
        }

        try
        {
            return new EventSchema(JsonSchema.Build(
                WithoutDraft(json), new BuildOptions { Dialect = Linear, SchemaRegistry = new SchemaRegistry() }, null));
        }
#pragma warning disable CA1031 // It is a client's, and whatever the library does not like about it is its fault.
        catch (Exception error)
#pragma warning restore CA1031
        {
            problem = $"cannot be used: {error.Message}";
            return null;
        }
    }

    /// <summary>What is wrong with an event, as it would be accepted.</summary>
    /// <param name="request">The event.</param>
    /// <param name="currency">The currency of one that names none.</param>
    public IEnumerable<(string Field, string Reason)> Check(RevenueEventRequest request, string currency)
    {
        using var document = JsonDocument.Parse(Write(request, currency));
        var results = schema.Evaluate(document.RootElement, Listed);
        if (results.IsValid)
        {
            return [];
        }

        var wrong = (results.Details ?? []).Prepend(results)
            .SelectMany(each => (each.Errors ?? []).Select(error => (
                Field: each.InstanceLocation.ToString().TrimStart('/') is { Length: > 0 } field ? field : "$",
                Reason: $"does not match the schema of its name: {error.Value}")))
            .Distinct().ToList();
        return wrong.Count > 0 ? wrong : [("$", "does not match the schema of its name")];
    }

    private static byte[] Write(RevenueEventRequest request, string currency)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("user", request.User);
            json.WriteString("name", request.Name);
            if (request.Value is { } value)
            {
                json.WritePropertyName("value");
                json.WriteRawValue(value.ToString());
            }

            json.WriteString("currency", request.Currency ?? currency);
            if (request.Timestamp is { } at)
            {
                json.WriteString("timestamp", ShortInstant.ToString(at));
            }

            if (request.EventId is { } id)
            {
                json.WriteString("eventId", id);
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <returns>The first keyword that is refused, wherever it stands; null for none.</returns>
    private static string? FindRefused(JsonElement json, bool isRoot)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var field in json.EnumerateObject())
                {
                    if (Refused.Contains(field.Name, StringComparer.Ordinal) || (field.Name == "$schema" && !isRoot))
                    {
                        return field.Name;
                    }

                    if (FindRefused(field.Value, isRoot: false) is { } found)
                    {
                        return found;
                    }
                }

                return null;
            case JsonValueKind.Array:
                return json.EnumerateArray().Select(each => FindRefused(each, isRoot: false)).FirstOrDefault(found => found is not null);
            default:
                return null;
        }
    }

    /// <summary>With it the library would take the draft's own keywords instead of ours.</summary>
    private static JsonElement WithoutDraft(JsonElement json)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            foreach (var field in json.EnumerateObject().Where(field => field.Name != "$schema"))
            {
                field.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(bytes.ToArray());
    }
}
