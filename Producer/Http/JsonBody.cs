using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;

namespace Producer.Http;

/// <summary>The JSON body of a request, read whole and parsed strictly: no duplicate names, no comments, bounded depth.</summary>
internal static class JsonBody
{
    public const int MaxDepth = 64;

    public static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>True for JSON, and for a request that does not say.</summary>
    public static bool IsAccepted(HttpRequest request) => request.ContentType is null || request.HasJsonContentType();

    /// <summary>
    /// Reads all of the body. The caller returns it with <see cref="PipeReader.AdvanceTo(SequencePosition)"/>. A large one counts for what
    /// it is worth in memory, until the request ends.
    /// </summary>
    public static async Task<ReadOnlySequence<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;
        RequestMemory.Share? share = null;
        while (true)
        {
            // Not cancelled: when the client goes away the server ends the read itself, and one that was left would still be under way when
            // the server goes on with the connection.
            var read = await ReadMoreAsync(reader);
            if (read.Buffer.Length > RequestMemory.Small)
            {
                share ??= request.HttpContext.RequestServices.GetRequiredService<RequestMemory>().Open(request.HttpContext);
                try
                {
                    await share.GrowToAsync(read.Buffer.Length * (read.IsCompleted ? RequestMemory.ParsedFactor : 1), cancellationToken);
                }
                catch
                {
                    reader.AdvanceTo(read.Buffer.End);
                    throw;
                }
            }

            if (read.IsCompleted)
            {
                return WithoutMark(read.Buffer);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Some programs begin a text with a byte-order mark, which a parser may ignore (RFC 8259 §8.1).</summary>
    private static ReadOnlySequence<byte> WithoutMark(ReadOnlySequence<byte> body)
    {
        Span<byte> first = stackalloc byte[3];
        if (body.Length < first.Length)
        {
            return body;
        }

        body.Slice(0, first.Length).CopyTo(first);
        return first.SequenceEqual(System.Text.Encoding.UTF8.Preamble) ? body.Slice(first.Length) : body;
    }

    private static async ValueTask<ReadResult> ReadMoreAsync(PipeReader reader)
    {
        try
        {
            return await reader.ReadAsync(CancellationToken.None);
        }
        catch (IOException error) when (error.GetType() == typeof(IOException))
        {
            // The server has no exception of its own for some of what a client can do wrong, such as a chunk of 2^64 bytes.
            throw new BadHttpRequestException($"The body cannot be read: {error.Message}", StatusCodes.Status400BadRequest, error);
        }
    }

    /// <summary>Reads a JSON object and makes it into a request.</summary>
    /// <param name="request">Its body is used up.</param>
    /// <param name="errors">Gets what is wrong, under the name of each field.</param>
    /// <param name="read">Creates the request; the element is invalid once it has returned.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    /// <returns>Null if it is not a JSON object.</returns>
    public static async Task<TRequest?> ReadObjectAsync<TRequest>(
        HttpRequest request, FieldErrors errors, Func<JsonElement, TRequest> read, CancellationToken cancellationToken)
        where TRequest : class
    {
        var body = await ReadAsync(request, cancellationToken);
        try
        {
            using var document = ParseObject(body, errors);
            return document is null ? null : read(document.RootElement);
        }
        finally
        {
            request.BodyReader.AdvanceTo(body.End);
        }
    }

    /// <summary>Parses an object; anything else is named as an error of the whole request.</summary>
    public static JsonDocument? ParseObject(ReadOnlySequence<byte> json, FieldErrors errors)
    {
        // The parser does not check strings, and content that is passed on must be valid text.
        var utf8 = json.IsSingleSegment ? json.First : json.ToArray();
        if (!Utf8.IsValid(utf8.Span))
        {
            errors.Add("$", "is not valid UTF-8");
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(utf8, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            errors.Add("$", "must be a JSON object");
        }
        catch (JsonException error)
        {
            errors.Add("$", Describe(error));
        }
        catch (InvalidOperationException)
        {
            // Looking for duplicates, the parser unescapes names; values are unescaped when they are read.
            errors.Add("$", "has a name that holds half of a surrogate pair");
        }

        return null;
    }

    /// <summary>What is wrong with JSON that cannot be parsed.</summary>
    /// <param name="error">As the parser found it.</param>
    /// <param name="maxDepth">The depth that the parser was held to.</param>
    public static string Describe(JsonException error, int maxDepth = MaxDepth)
    {
        var message = error.Message;
        if (message.Contains("maximum configured depth", StringComparison.Ordinal))
        {
            return $"is nested deeper than {maxDepth} levels";
        }

        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var reason = (end < 0 ? message : message[..end]).TrimEnd('.');
        if (reason.Length > 200)
        {
            reason = reason[..200];
        }

        return error.LineNumber is { } line
            ? $"is not valid JSON: {reason} (line {line + 1}, byte {error.BytePositionInLine + 1})"
            : $"is not valid JSON: {reason}";
    }
}
