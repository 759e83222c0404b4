using System.Collections.ObjectModel;
using System.Net;
using System.Text;
using System.Text.Json;

namespace ClientLibrary;

/// <summary>The service refused a request, and said why (RFC 9457).</summary>
public sealed class ServiceProblemException : ServiceException
{
    private static readonly ReadOnlyDictionary<string, IReadOnlyList<string>> NoErrors =
        ReadOnlyDictionary<string, IReadOnlyList<string>>.Empty;

    private readonly string? outcome;
    private readonly TimeSpan? retryAfter;

    private ServiceProblemException(
        HttpStatusCode status, string title, string? detail, IReadOnlyDictionary<string, IReadOnlyList<string>> errors, string? outcome,
        TimeSpan? retryAfter)
        : base(Describe(status, title, detail, errors), null)
    {
        (Status, Title, Detail, Errors) = (status, title, detail, errors);
        (this.outcome, this.retryAfter) = (outcome, retryAfter);
    }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>What is wrong, in a few words.</summary>
    public string Title { get; }

    /// <summary>What is wrong in this case; null where the title says all.</summary>
    public string? Detail { get; }

    /// <summary>What is wrong, by the name of each field; empty where no field is wrong.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; }

    /// <inheritdoc/>
    public override bool IsTransient => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
        or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout;

    /// <inheritdoc/>
    public override TimeSpan? RetryAfter => retryAfter;

    internal override bool WasRefused => Status == HttpStatusCode.TooManyRequests
        || (Status == HttpStatusCode.ServiceUnavailable && outcome == "refused");

    internal static async Task<ServiceProblemException> ReadAsync(
        HttpResponseMessage answer, TimeProvider time, CancellationToken cancellationToken)
    {
        var pause = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } at } when at > time.GetUtcNow() => at - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        var title = answer.ReasonPhrase ?? answer.StatusCode.ToString();
        try
        {
            using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                var root = json.RootElement;
                return new ServiceProblemException(
                    answer.StatusCode, Text(root, "title") ?? title, Text(root, "detail"), ReadErrors(root), Text(root, "outcome"),
                    pause);
            }
        }
        catch (Exception error) when (error is JsonException or HttpRequestException or IOException)
        {
            // A proxy answered with a page of its own, or the connection ended: the status says what there is to say.
        }

        return new ServiceProblemException(answer.StatusCode, title, null, NoErrors, null, pause);
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ReadOnlyDictionary<string, IReadOnlyList<string>> ReadErrors(JsonElement problem)
    {
        if (!problem.TryGetProperty("errors", out var errors) || errors.ValueKind != JsonValueKind.Object)
        {
            return NoErrors;
        }

        var read = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var field in errors.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.Array))
        {
            read[field.Name] = [.. field.Value.EnumerateArray().Select(reason => reason.ToString())];
        }

        return read.AsReadOnly();
    }

    private static string Describe(
        HttpStatusCode status, string title, string? detail, IReadOnlyDictionary<string, IReadOnlyList<string>> errors)
    {
        var text = new StringBuilder($"{(int)status} {title}");
        if (detail is not null)
        {
            text.Append(' ').Append(detail);
        }

        foreach (var (field, reasons) in errors)
        {
            text.Append("\n  ").Append(field).Append(' ').AppendJoin("; ", reasons);
        }

        return text.ToString();
    }
}
