using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Mvc;

namespace Producer.Http;

/// <summary>Source-generated JSON of the answers that no slice owns, and what all requests and answers have in common.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
internal sealed partial class HttpJson : JsonSerializerContext
{
    /// <summary>The one that answers are written with.</summary>
    public static HttpJson Http { get; } = new(Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)));

    /// <summary>Readable text is not escaped, since answers are never put into HTML.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Sets what requests and answers have in common.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Encoder = Encoder;
        options.Converters.Add(new DurationConverter());
        options.Converters.Add(new InstantConverter());
        return options;
    }
}
