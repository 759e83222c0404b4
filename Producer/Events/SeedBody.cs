using Producer.Http;

namespace Producer.Events;

/// <summary>Bodies of the seeds' routes.</summary>
internal static class SeedBody
{
    /// <summary>Any content type reaches the handler, since routing's own refusal would not have the seed's shape.</summary>
    public const string AnyType = "*/*";

    /// <summary>Reads a JSON object.</summary>
    /// <param name="http">Whose body.</param>
    /// <param name="errors">What is wrong with it.</param>
    /// <param name="read">Creates the request; the element is invalid once it has returned.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <returns>Null for what is no JSON object; an empty body is one without anything, as the seeds took it.</returns>
    public static async Task<TRequest?> ReadAsync<TRequest>(
        HttpRequest http, FieldErrors errors, Func<System.Text.Json.JsonElement, TRequest> read, CancellationToken cancellationToken)
        where TRequest : class, new()
    {
        var body = await JsonBody.ReadAsync(http, cancellationToken);
        try
        {
            if (body.Length == 0)
            {
                return new TRequest();
            }

            using var document = JsonBody.ParseObject(body, errors);
            return document is null ? null : read(document.RootElement);
        }
        finally
        {
            http.BodyReader.AdvanceTo(body.End);
        }
    }
}
