using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Contracts.Common;
using Contracts.Signing;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Targets;
using Infrastructure.Timers;
using Runner.Timers.Profiles;
using Runner.Timers.Receivers;

namespace Runner.Timers.Delivery;

/// <summary>One HTTP exchange: writes the request and reads the response up to a bound, within the timer's time-out.</summary>
/// <param name="clock">Gives the timestamp in the headers.</param>
/// <param name="lease">Whether the request may still be written.</param>
/// <param name="connections">Opens and keeps the connections to receivers.</param>
/// <param name="secrets">What webhooks are signed with; null signs none.</param>
/// <param name="sealedParts">Decrypts credentials in timers; null where there are none.</param>
/// <param name="profiles">What some receivers want of whoever calls them; null where nobody has said so.</param>
/// <param name="unseen">Takes the figures of one that is no webhook, which leaves no trace either; null for those that are.</param>
internal sealed class WebhookExchange(
    IStoreClock clock, IRunnerLease lease, ReceiverConnections connections, ISigningSecrets? secrets = null,
    TimerSecrets? sealedParts = null, ReceiverProfiles? profiles = null, WarmUp.Unseen? unseen = null) : IDisposable
{
    /// <summary>Maximum response bytes that are read; beyond that the connection is dropped.</summary>
    public const int MaxResponseBytes = 64 * 1024;

    /// <summary>Connections that may end under an exchange before it has sent a byte.</summary>
    private const int MaxTries = 3;

    private static readonly string UserAgent = $"Timers/{typeof(WebhookExchange).Assembly.GetName().Version?.ToString(3)}";

    private readonly HttpMessageInvoker http = ReceiverHttp.Create(connections, unseen: unseen);

    /// <summary>Sends a claimed timer once. Throws for nothing that the receiver or its name does.</summary>
    /// <exception cref="ShortageException">Nothing was sent, for lack of something that this process needs.</exception>
    public async Task<Exchange> RunAsync(ClaimedTimer claimed, CancellationToken stop)
    {
        var timer = Opened(claimed);
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            if (await TryRunAsync(timer, isLast: tries == MaxTries, stop) is { } result)
            {
                return SecretEcho.Masked(result, timer.Spec);
            }
        }

        throw new ShortageException(Shortage.Connections);
    }

    /// <returns>Null when its connection ended before anything was sent, and another one may do.</returns>
    private async Task<Exchange?> TryRunAsync(ClaimedTimer timer, bool isLast, CancellationToken stop)
    {
        if (timer.Spec.Url.Scheme is not ("http" or "https"))
        {
            return Failed(null, "what is stored of the timer cannot be read") with { CertainlyUnsent = true };
        }

        // Requests for timers are checked, but an edited dead letter, or a message of another program, is not: a line break would end the
        // header and begin another one, or the body.
        if (timer.Spec.Headers?.Any(header => HasControl(header.Key) || HasControl(header.Value)) == true)
        {
            return Failed(null, "a header of the timer has a control character and cannot be sent") with { CertainlyUnsent = true };
        }

        // By an upper bound of the store's time: not even a clock that is slow by as much as may be sends after the expiry.
        var permit = new SendPermit(
            lease, timer.Runner, timer.ExpiresAt is null ? null : () => timer.HasExpired(clock.Latest));
        var timeout = timer.Spec.Timeout ?? TimerSpec.DefaultTimeout;
        int? status = null;
        try
        {
            connections.Proxy?.Demand(timer.Spec.Url);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(timeout);
            var profile = profiles?.Find(timer.Tenant, timer.Spec.Url);
            var token = profile?.Tokens is { } tokens && !HasAuthorization(timer.Spec) ? await tokens.GetAsync(limit.Token) : null;
            using var request = CreateRequest(timer, permit, token);
            if (request.Content is null)
            {
                permit.Flow();
                request.Options.Set(ReceiverHttp.Permit, permit);
            }

            using var response = await (profile?.Http ?? http).SendAsync(request, limit.Token);
            status = (int)response.StatusCode;
            if (token is not null && response.StatusCode == HttpStatusCode.Unauthorized)
            {
                profile!.Tokens!.Drop(token);
            }

            var body = await TryReadAsync(response, limit.Token);
            var result = new Exchange(
                status, ErrorOf(status.Value), CertainlyUnsent: false, Answered: true, RetryAfterOf(response), body)
            {
                Snooze = Snooze.Of(response, clock.Now),
            };
            return SecretEcho.Masked(result, token, connections.Proxy?.Authorization);
        }
        catch (SigningSecretsUnavailableException)
        {
            throw new ShortageException(Shortage.Secrets);
        }
        catch (Exception) when (permit is { WasRefused: true, HasWritten: false })
        {
            return Exchange.NotBegun;
        }
        catch (Exception) when (permit is { WasClosed: true, HasWritten: false })
        {
            return null;
        }
        catch (Exception) when (!isLast && permit is { WasBroken: true, HasWritten: false })
        {
            return null;
        }
        catch (HttpRequestException error) when (error.InnerException is ShortageException)
        {
            throw error.InnerException;
        }
        catch (AccessTokenException error)
        {
            return Failed(null, error.Message) with { CertainlyUnsent = true };
        }
        catch (Exception error) when (error is TargetRefusedException or HttpRequestException { InnerException: TargetRefusedException })
        {
            return Failed(null, TargetPolicy.AttemptReason) with { CertainlyUnsent = true, IsFinal = true };
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Failed(status, $"no complete answer within {timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        }
        catch (OperationCanceledException)
        {
            return Failed(status, "the service stopped before the answer was complete");
        }
        catch (HttpRequestException error)
        {
            var isUnsent = status is null && !permit.HasWritten && (IsBeforeSending(error) || permit.WasBroken);
            return Failed(status, Describe(error)) with { CertainlyUnsent = isUnsent };
        }
#pragma warning disable CA1031 // Whatever it was, the receiver may have the request: it counts as an attempt, with its reason.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Failed(status, error.Message) with { CertainlyUnsent = !permit.HasWritten };
        }
        finally
        {
            permit.End();
        }
    }

    public void Dispose() => http.Dispose();

    private static bool HasControl(string? text) => text?.Any(character => char.IsControl(character) && character != '\t') == true;

    private static Exchange Failed(int? status, string error) =>
        new(status, Bounded(error), CertainlyUnsent: false, Answered: false, RetryAfter: null, Response: default);

    /// <summary>.NET quotes a line that it cannot read, however long; a thousand such errors must fit into one write.</summary>
    private static string Bounded(string error) =>
        error.Length <= AttemptRecord.KeptErrorCharacters ? error : error[..(AttemptRecord.KeptErrorCharacters - 1)] + "…";

    /// <summary>The timer with its credentials, which are nowhere else than here and in the request.</summary>
    private ClaimedTimer Opened(ClaimedTimer timer) => timer.Spec.Sealed is null ? timer
        : sealedParts?.Open(timer.Tenant, timer.Key, timer.Spec) is { } spec ? timer with { Spec = spec }
        : throw new ShortageException(Shortage.Credentials);

    /// <summary>A timer's own goes before an access token.</summary>
    private static bool HasAuthorization(TimerSpec spec) =>
        spec.Headers?.Keys.Any(name => name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) == true;

    private HttpRequestMessage CreateRequest(ClaimedTimer timer, SendPermit permit, string? token)
    {
        var spec = timer.Spec;
        var body = BodyOf(timer);
        var request = new HttpRequestMessage(HttpMethod.Parse(spec.Method), RequestTarget.Of(spec.Url))
        {
            Version = HttpVersion.Version11,
        };
        if (body is { } bytes)
        {
            request.Content = new WebhookContent(bytes, permit);
            request.Content.Headers.ContentType = spec.Body is { IsJson: false } ? Text : Json;
        }

        var headers = request.Headers;
        foreach (var (name, value) in spec.Headers ?? new Dictionary<string, string>())
        {
            if (!headers.TryAddWithoutValidation(name, value))
            {
                request.Content ??= new WebhookContent(default, permit);
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (!headers.Contains("User-Agent"))
        {
            headers.TryAddWithoutValidation("User-Agent", UserAgent);
        }

        if (token is not null)
        {
            headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (connections.Proxy is { Authorization: { } authorization } proxy && proxy.TakesRequestsTo(spec.Url))
        {
            headers.TryAddWithoutValidation("Proxy-Authorization", authorization);
        }

        var now = clock.Now;
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        headers.TryAddWithoutValidation(WebhookHeaders.Id, timer.WebhookId);
        headers.TryAddWithoutValidation(WebhookHeaders.Timestamp, timestamp);
        if (secrets?.Find(timer.Tenant, spec.Url) is { } keys)
        {
            headers.TryAddWithoutValidation(
                WebhookHeaders.Signature, WebhookSignature.Sign(keys.At(now), timer.WebhookId, timestamp, body.GetValueOrDefault().Span));
        }

        headers.TryAddWithoutValidation(WebhookHeaders.TimerId, timer.Id);
        headers.TryAddWithoutValidation(WebhookHeaders.DueAt, Rfc3339.ToString(timer.DueAt));
        headers.TryAddWithoutValidation(WebhookHeaders.Attempt, timer.Attempt.ToString(CultureInfo.InvariantCulture));
        return request;
    }

    /// <returns>The bytes that are sent; null if there is no body.</returns>
    private static ReadOnlyMemory<byte>? BodyOf(ClaimedTimer timer)
    {
        if (timer.Spec.Body is { } body)
        {
            return body.Utf8;
        }

        if (timer.Spec.Method is "GET" or "DELETE")
        {
            // Missing, not empty: Content-Length has no meaning there (RFC 9110 §8.6), and some receivers refuse it.
            return null;
        }

        // The recommended shape of Standard Webhooks: type, timestamp, data. The same on every attempt.
        var id = System.Text.Json.JsonEncodedText.Encode(timer.Id);
        var data = $$"""{"timerId":"{{id}}","occurrence":{{timer.Occurrence}}}""";
        return Encoding.UTF8.GetBytes(
            $$"""{"type":"timer.fired","timestamp":"{{Rfc3339.ToString(timer.DueAt)}}","data":{{data}}}""");
    }

    private static MediaTypeHeaderValue Json => new("application/json");

    private static MediaTypeHeaderValue Text => new("text/plain") { CharSet = "utf-8" };

    /// <summary>A receiver that has said that it succeeded is not called again for what becomes of the rest of its answer.</summary>
    private static async Task<ReadOnlyMemory<byte>> TryReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(response, cancellationToken);
        }
        catch (Exception) when (response.IsSuccessStatusCode)
        {
            return default;
        }
    }

    /// <summary>Reads up to the bound and keeps the beginning.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength == 0)
        {
            return default;
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(AttemptRecord.KeptResponseBytes);
        try
        {
            var kept = default(ReadOnlyMemory<byte>);
            var read = await body.ReadAtLeastAsync(
                buffer.AsMemory(0, AttemptRecord.KeptResponseBytes), AttemptRecord.KeptResponseBytes, throwOnEndOfStream: false,
                cancellationToken);
            if (read > 0)
            {
                kept = buffer.AsSpan(0, read).ToArray();
            }

            for (var total = read; read > 0 && total < MaxResponseBytes; total += read)
            {
                read = await body.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, MaxResponseBytes - total)), cancellationToken);
            }

            return kept;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string? ErrorOf(int status) => status switch
    {
        >= 200 and < 300 => null,
        304 => "answered 304, which only answers a question",
        >= 300 and < 400 => $"answered {status}; redirects are not followed",
        _ => $"answered {status}",
    };

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.Now,

        // A number of seconds too large for .NET to read exceeds every bound, too.
        _ => response.Headers.NonValidated.TryGetValues("Retry-After", out var values)
            && values.ToString().AsSpan().Trim() is { Length: > 0 } digits && !digits.ContainsAnyExceptInRange('0', '9') ? TimeSpan.MaxValue
            : null,
    };

    private static bool IsBeforeSending(HttpRequestException error) =>
        error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError;

    private static string Describe(HttpRequestException error) => error switch
    {
        { InnerException: HostLookupException unresolved } => unresolved.Message,
        { InnerException: EgressRefusedException refused } => refused.Message,
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "connection refused",
        { HttpRequestError: HttpRequestError.ConnectionError, InnerException: IOException ended } => ended.Message,
        { HttpRequestError: HttpRequestError.ConnectionError } => "no connection",
        { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            "no secure connection: " + TlsFailure.Describe(error.InnerException ?? error),
        { InnerException: { } inner } => inner.Message,
        _ => error.Message,
    };
}
