using System.Globalization;
using System.Text.Json;

namespace Tests.Producer;

/// <summary>The API document, as a client would read it.</summary>
internal sealed class OpenApiDocument
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    /// <summary>A value with all that is in it.</summary>
    public static IEnumerable<JsonElement> Descendants(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(field => Descendants(field.Value)).Prepend(json),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Descendants).Prepend(json),
        _ => [json],
    };

    public OpenApiDocument(JsonElement root)
    {
        Root = root;
        Operations =
        [
            .. from path in root.GetProperty("paths").EnumerateObject()
               from method in path.Value.EnumerateObject()
               where Methods.Contains(method.Name)
               select new OpenApiOperation(path.Name, new HttpMethod(method.Name.ToUpperInvariant()), method.Value),
        ];
    }

    public JsonElement Root { get; }

    public IReadOnlyList<OpenApiOperation> Operations { get; }

    public OpenApiOperation Operation(string id) => Operations.Single(operation => operation.Id == id);

    /// <summary>The schema itself, or what it refers to.</summary>
    public JsonElement Resolve(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("$ref", out var reference))
        {
            return schema;
        }

        var found = Root;
        foreach (var step in reference.GetString()!.Split('/').Skip(1))
        {
            found = found.GetProperty(step);
        }

        return Resolve(found);
    }
}

/// <summary>One operation of the document.</summary>
internal sealed record OpenApiOperation(string Path, HttpMethod Method, JsonElement Json)
{
    public string Id => Json.GetProperty("operationId").GetString()!;

    public IEnumerable<JsonElement> Parameters => Json.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : [];

    public IEnumerable<int> Statuses =>
        Json.GetProperty("responses").EnumerateObject().Select(status => int.Parse(status.Name, CultureInfo.InvariantCulture));

    /// <summary>What the request and every answer may hold, by content type.</summary>
    public IEnumerable<(string Where, string Type, JsonElement Media)> Media()
    {
        var bodies = Json.GetProperty("responses").EnumerateObject().Select(status => (status.Name, Body: status.Value));
        if (Json.TryGetProperty("requestBody", out var request))
        {
            bodies = bodies.Prepend(("request", request));
        }

        return bodies.Where(body => body.Body.TryGetProperty("content", out _)).SelectMany(
            body => body.Body.GetProperty("content").EnumerateObject().Select(media => (body.Name, media.Name, media.Value)));
    }

    public JsonElement Schema(int status, string type) =>
        Json.GetProperty("responses").GetProperty(status.ToString(CultureInfo.InvariantCulture))
            .GetProperty("content").GetProperty(type).GetProperty("schema");
}
