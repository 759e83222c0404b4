using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tests.Producer;

/// <summary>Makes values that a schema allows, always the same ones for the same seed.</summary>
internal sealed partial class RandomValues(OpenApiDocument document, Random random)
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddHours(1);

    public JsonNode? From(JsonElement schema)
    {
        var resolved = document.Resolve(schema);
        if (resolved.ValueKind == JsonValueKind.True)
        {
            return Anything();
        }

        if (resolved.TryGetProperty("enum", out var words))
        {
            return Parse(Pick(words));
        }

        // Of a timer's oneOf the choices only say what goes together; everywhere else a choice is a whole schema.
        if (resolved.TryGetProperty("oneOf", out var choices) && !resolved.TryGetProperty("properties", out _))
        {
            return From(Pick(choices));
        }

        return resolved.TryGetProperty("type", out var type) ? Of(Pick(Types(type)), resolved) : Anything();
    }

    /// <summary>A value of any kind, some of them hostile, but whole text.</summary>
    private JsonNode? Anything() => Parse(Pick([.. Hostile.Values.Where(value => !value.Contains("\\ud", StringComparison.Ordinal))]));

    public T Pick<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    public bool Chance(double share) => random.NextDouble() < share;

    private static List<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(one => one.GetString()!)] : [type.GetString()!];

    private JsonElement Pick(JsonElement of) => of[random.Next(of.GetArrayLength())];

    private JsonNode? Of(string type, JsonElement schema) => type switch
    {
        "string" => Text(schema),
        "integer" => random.NextInt64((long)Bound(schema, "minimum", 0), (long)Bound(schema, "maximum", 1_000) + 1),
        "number" => Bound(schema, "minimum", 0) + (random.NextDouble() * (Bound(schema, "maximum", 1_000) - Bound(schema, "minimum", 0))),
        "boolean" => Chance(0.5),
        "array" => Array(schema),
        "object" => Object(schema),
        _ => null,
    };

    private JsonNode Text(JsonElement schema)
    {
        if (schema.TryGetProperty("examples", out var examples))
        {
            return Parse(Pick(examples))!;
        }

        if (schema.TryGetProperty("pattern", out var pattern) && CharacterClass().Match(pattern.GetString()!) is { Success: true } match)
        {
            var allowed = Enumerable.Range(' ', 95).Select(c => ((char)c).ToString())
                .Where(c => Regex.IsMatch(c, $"[{match.Groups["allowed"].Value}]", RegexOptions.None, TimeSpan.FromSeconds(1))).ToList();
            return string.Concat(Enumerable.Range(0, random.Next(8, 13)).Select(_ => Pick(allowed)));
        }

        return (schema.TryGetProperty("format", out var format) ? format.GetString() : null) switch
        {
            "uri" => "http://127.0.0.1:2/" + random.Next(),
            "date-time" =>
                Start.AddSeconds(random.Next(100_000_000)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            "duration" => $"PT{random.Next(3_600, 100_000)}S",
            _ => new string(
                (char)random.Next('a', 'z' + 1),
                random.Next((int)Bound(schema, "minLength", 0), (int)Math.Min(100, Bound(schema, "maxLength", 30)) + 1)),
        };
    }

    private JsonArray Array(JsonElement schema)
    {
        var count = random.Next((int)Bound(schema, "minItems", 0), (int)Math.Min(5, Bound(schema, "maxItems", 5)) + 1);
        return [.. Enumerable.Range(0, count).Select(_ => From(schema.GetProperty("items")))];
    }

    private JsonObject Object(JsonElement schema)
    {
        var made = new JsonObject();
        var required = Names(schema);
        if (schema.TryGetProperty("oneOf", out var choices))
        {
            required.UnionWith(Names(Pick(choices)));
        }

        var either = choices.ValueKind == JsonValueKind.Array ? choices.EnumerateArray().SelectMany(Names).ToHashSet() : [];
        List<JsonProperty> properties = schema.TryGetProperty("properties", out var all) ? [.. all.EnumerateObject()] : [];
        foreach (var property in properties)
        {
            if (required.Contains(property.Name) || (!either.Contains(property.Name) && Chance(0.3)))
            {
                made[property.Name] = From(property.Value);
            }
        }

        if (schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.Object)
        {
            made["x-" + random.Next(100)] = From(others);
        }

        if (made.Count < Bound(schema, "minProperties", 0))
        {
            var property = Pick(properties);
            made[property.Name] = From(property.Value);
        }

        return made;
    }

    private static HashSet<string> Names(JsonElement schema) =>
        schema.TryGetProperty("required", out var required) ? [.. required.EnumerateArray().Select(name => name.GetString()!)] : [];

    private static double Bound(JsonElement schema, string keyword, double otherwise) =>
        schema.TryGetProperty(keyword, out var bound) ? bound.GetDouble() : otherwise;

    private static JsonNode? Parse(JsonElement json) => JsonNode.Parse(json.GetRawText());

    private static JsonNode? Parse(string json) => JsonNode.Parse(json);

    [GeneratedRegex(@"^\^\[(?<allowed>.+)\][{*]", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex CharacterClass();
}
