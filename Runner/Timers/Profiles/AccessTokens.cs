using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Runner.Timers.Profiles;

/// <summary>
/// Access tokens of one receiver, by OAuth2 client credentials: one request for all webhooks that wait for it, and a new one before the
/// last expires.
/// </summary>
/// <param name="settings">The endpoint and the client.</param>
/// <param name="secret">The client's secret; null if it shows a certificate instead.</param>
/// <param name="http">Calls the endpoint.</param>
/// <param name="time">Tells when a token expires.</param>
internal sealed class AccessTokens(TokenSettings settings, string? secret, HttpMessageInvoker http, TimeProvider time)
{
    private const int MaxAnswerBytes = 64 * 1024;

    /// <summary>Characters of a token: it has to fit into a header.</summary>
    private const int MaxLength = 16 * 1024;

    /// <summary>How long an endpoint may take.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>For how long nobody asks again after a failure: a thousand webhooks would otherwise.</summary>
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(5);

    /// <summary>Of a token of which nothing is said.</summary>
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(5);

    /// <summary>How long before its end a token is no longer used: a webhook takes its time to arrive.</summary>
    private static readonly TimeSpan MaxMargin = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private Task<Held>? asking;
    private Held? held;

    /// <summary>A token that is valid for some time.</summary>
    /// <exception cref="AccessTokenException">The endpoint gives none.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        Task<Held> task;
        lock (gate)
        {
            if (held is { } known && time.GetElapsedTime(known.Since) < known.Lifetime)
            {
                return known.Token ?? throw new AccessTokenException(known.Failure!);
            }

            // For all who wait: that one of them goes away does not end it.
            task = asking ??= Task.Run(AskAsync, CancellationToken.None);
        }

        var now = await task.WaitAsync(cancellationToken);
        return now.Token ?? throw new AccessTokenException(now.Failure!);
    }

    /// <summary>The receiver does not accept a token: it is not used again.</summary>
    public void Drop(string token)
    {
        lock (gate)
        {
            if (held?.Token == token)
            {
                held = null;
            }
        }
    }

    private async Task<Held> AskAsync()
    {
        var result = Failed("the request for one failed");
        try
        {
            using var limit = new CancellationTokenSource(Deadline, time);
            result = await RequestAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            result = Failed($"the token endpoint did not answer within {Deadline.TotalSeconds} s");
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            result = Failed("the token endpoint cannot be reached");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            result = Failed("what the token endpoint answered is no token");
        }
        finally
        {
            lock (gate)
            {
                held = result;
                asking = null;
            }
        }

        return result;
    }

    private async Task<Held> RequestAsync(CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = new FormUrlEncodedContent(Form()) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (secret is not null && !settings.IsInForm)
        {
            // Both are encoded before they are put together (RFC 6749 §2.3.1): a colon may stand in either.
            var client = $"{Uri.EscapeDataString(settings.ClientId)}:{Uri.EscapeDataString(secret)}";
            request.Headers.Authorization =
                new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(client)));
        }

        using var answer = await http.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            return Failed($"the token endpoint answered {(int)answer.StatusCode}");
        }

        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxAnswerBytes];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        using var json = JsonDocument.Parse(buffer.AsMemory(0, length));
        var root = json.RootElement;
        var token = root.TryGetProperty("access_token", out var given) ? given.GetString() : null;
        if (string.IsNullOrEmpty(token) || token.Length > MaxLength || token.AsSpan().ContainsAnyExceptInRange('!', '~')
            || (root.TryGetProperty("token_type", out var type) && !"bearer".Equals(type.GetString(), StringComparison.OrdinalIgnoreCase)))
        {
            return Failed("what the token endpoint answered is no bearer token");
        }

        // Some endpoints send it as text.
        var lifetime = root.TryGetProperty("expires_in", out var expires)
            && double.TryParse(expires.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, TimeSpan.FromDays(1).TotalSeconds)) : DefaultLifetime;
        var margin = lifetime / 10 < MaxMargin ? lifetime / 10 : MaxMargin;
        return new Held(token, null, since, lifetime - margin);
    }

    private IEnumerable<KeyValuePair<string, string>> Form()
    {
        yield return new("grant_type", "client_credentials");
        if (secret is null || settings.IsInForm)
        {
            yield return new("client_id", settings.ClientId);
        }

        if (secret is not null && settings.IsInForm)
        {
            yield return new("client_secret", secret);
        }

        if (settings.Scope is { } scope)
        {
            yield return new("scope", scope);
        }

        if (settings.Audience is { } audience)
        {
            yield return new("audience", audience);
        }
    }

    private Held Failed(string failure) => new(null, failure, time.GetTimestamp(), FailurePause);

    /// <summary>What the endpoint answered last, and for how long that holds.</summary>
    private sealed record Held(string? Token, string? Failure, long Since, TimeSpan Lifetime);
}
