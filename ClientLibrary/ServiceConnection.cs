using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ClientLibrary;

/// <summary>
/// A connection to a Timers service, which all clients share. It repeats requests while the service restarts or asks for a pause, as far as
/// that is safe. Thread-safe; make one and keep it.
/// </summary>
public sealed class ServiceConnection : IDisposable
{
    private const string Root = "api/v1/";

    private readonly HttpClient http;
    private readonly ConnectionOptions options;
    private readonly AuthenticationHeaderValue? authorization;

    /// <summary>Opens nothing yet: the first request does.</summary>
    /// <param name="address">An absolute http or https address, such as <c>http://localhost:3000</c>; may have a path.</param>
    /// <param name="key">A key of the service; null for a service without keys.</param>
    /// <param name="options">How long to wait and how to repeat; null for the defaults.</param>
    /// <exception cref="ArgumentException">The address is not absolute, or neither http nor https.</exception>
    public ServiceConnection(Uri address, string? key = null, ConnectionOptions? options = null)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"'{address}' is not an absolute http or https address.", nameof(address));
        }

        this.options = options ?? new ConnectionOptions();
        Address = new Uri($"{address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/");
        authorization = string.IsNullOrEmpty(key) ? null : new AuthenticationHeaderValue("Bearer", key);
        http = this.options.Handler is { } handler
            ? new HttpClient(handler, disposeHandler: false)
            : new HttpClient(new SocketsHttpHandler
            {
                PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that a change of the name's addresses is noticed
                AllowAutoRedirect = false, // a redirect elsewhere would take the key along
                AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Brotli,
            });
        http.Timeout = Timeout.InfiniteTimeSpan; // each attempt has its own
    }

    /// <summary>The service, with a slash at the end.</summary>
    public Uri Address { get; }

    internal TimeProvider Time => options.Time;

    internal ConnectionOptions Options => options;

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Gets a resource.</summary>
    internal Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, type, isRepeatable: true, null, cancellationToken);

    /// <summary>Sends a request and reads the answer.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="path">Behind <c>/api/v1/</c>.</param>
    /// <param name="content">Makes its body, anew for each attempt; null for none.</param>
    /// <param name="type">What the answer is.</param>
    /// <param name="isRepeatable">Whether it may be repeated where it is unknown if it was carried out.</param>
    /// <param name="idempotencyKey">The key by which the service recognises a repetition; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<T> SendAsync<T>(
        HttpMethod method, string path, Func<HttpContent>? content, JsonTypeInfo<T> type, bool isRepeatable, string? idempotencyKey,
        CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            () =>
            {
                var request = Create(method, path);
                request.Content = content?.Invoke();
                if (idempotencyKey is not null)
                {
                    request.Headers.Add("Idempotency-Key", idempotencyKey);
                }

                return request;
            },
            isRepeatable,
            cancellationToken).ConfigureAwait(false);
        return await ReadAsync(answer, type, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request without a body, once, and reads the answer.</summary>
    /// <returns>Null if the answer has no content (204).</returns>
    internal async Task<T?> SendOrNothingAsync<T>(
        HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var answer = await SendAsync(() => Create(method, path), isRepeatable: false, cancellationToken).ConfigureAwait(false);
        return answer.StatusCode == HttpStatusCode.NoContent
            ? null : await ReadAsync(answer, type, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A request with the key.</summary>
    internal HttpRequestMessage Create(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(Address, $"{Root}{path}"));
        request.Headers.Authorization = authorization;
        return request;
    }

    /// <summary>Opens an answer that does not end; not repeated.</summary>
    internal async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await TryAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw await ServiceProblemException.ReadAsync(answer, Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> create, bool isRepeatable, CancellationToken cancellationToken)
    {
        var pauses = new Backoff(options);
        while (true)
        {
            ServiceException failure;
            try
            {
                using var request = create();
                var answer = await TryAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken).ConfigureAwait(false);

                // A batch of which everything was refused is an answer, too.
                if (answer.IsSuccessStatusCode || await IsBatchAsync(answer, cancellationToken).ConfigureAwait(false))
                {
                    return answer;
                }

                using (answer)
                {
                    failure = await ServiceProblemException.ReadAsync(answer, Time, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (ServiceUnreachableException error)
            {
                failure = error;
            }

            if (!(failure.WasRefused || (isRepeatable && failure.IsTransient))
                || !await pauses.WaitAsync(failure, cancellationToken).ConfigureAwait(false))
            {
                throw failure;
            }
        }
    }

    private async Task<HttpResponseMessage> TryAsync(
        HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Timeout, Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await http.SendAsync(request, completion, stop.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new ServiceUnreachableException(Address, error.Message, error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServiceUnreachableException(Address, $"no answer within {options.Timeout.TotalSeconds:0.#} s", error);
        }
    }

    private static async Task<bool> IsBatchAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.StatusCode != HttpStatusCode.BadRequest || answer.Content.Headers.ContentType?.MediaType != "application/json")
        {
            return false;
        }

        using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("results", out _);
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw new ServiceUnreachableException(Address, $"its answer is not that of a Timers service: {error.Message}", error);
        }
    }
}
