using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Producer.Http;

/// <summary>
/// A JSON response of known length, written straight into the output: ASP.NET's own takes a detour and is sent in chunks
/// (docs/performance.md).
/// </summary>
/// <param name="value">The content.</param>
/// <param name="type">How to serialise it.</param>
/// <param name="status">The HTTP status.</param>
internal sealed class JsonAnswer<TValue>(TValue value, JsonTypeInfo<TValue> type, int status = StatusCodes.Status200OK) : IResult
{
    private static readonly JsonWriterOptions Options = new() { Encoder = HttpJson.Encoder, SkipValidation = true };

    [ThreadStatic]
    private static Utf8JsonWriter? writer;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        var json = writer ??= new Utf8JsonWriter(Stream.Null, Options);
        try
        {
            // Not flushed: it is sent when the request ends.
            json.Reset(response.BodyWriter);
            JsonSerializer.Serialize(json, value, type);
            json.Flush();
            response.ContentLength = json.BytesCommitted;
        }
        finally
        {
            json.Reset(Stream.Null);
        }

        return Task.CompletedTask;
    }
}
