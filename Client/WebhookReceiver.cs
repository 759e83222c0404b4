using System.Globalization;
using System.Text;
using Contracts.Common;
using Contracts.Signing;
using Infrastructure.Signing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Client;

/// <summary>Answers every request with the same status, and prints what arrived.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    /// <summary>Maximum number of characters of a body that are printed.</summary>
    private const int MaxPrinted = 2_000;

    private readonly WebApplication app;
    private readonly TextWriter output;
    private readonly TimeProvider time;
    private readonly List<ISignatureVerifier> keys;
    private readonly SemaphoreSlim turn = new(1);

    private WebhookReceiver(WebApplication app, TextWriter output, TimeProvider time, IEnumerable<string> secrets)
    {
        keys = [.. secrets.Select(text => VerifierOf(text)
            ?? throw new ArgumentException("It is neither the secret nor the public key of webhooks.", nameof(secrets)))];
        this.app = app;
        this.output = output;
        this.time = time;
    }

    /// <summary>The address it listens on.</summary>
    public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <param name="address">An IP address of this machine.</param>
    /// <param name="port">0 for any free port.</param>
    /// <param name="status">What to answer, 200 to 599.</param>
    /// <param name="output">Gets a line for each request, its headers and its body.</param>
    /// <param name="secrets">
    /// Secrets and public keys: any may have signed what arrives, else it is answered with 401; without any nothing is checked.
    /// </param>
    /// <exception cref="IOException">The address is in use, or does not belong to this machine.</exception>
    public static async Task<WebhookReceiver> StartAsync(
        string address, int port, int status, TextWriter output, IReadOnlyList<string>? secrets = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(new UriBuilder(Uri.UriSchemeHttp, address, port).Uri.GetLeftPart(UriPartial.Authority));
        var receiver = new WebhookReceiver(builder.Build(), output, TimeProvider.System, secrets ?? []);
        receiver.app.Run(context => receiver.ReceiveAsync(context, status));
        try
        {
            await receiver.app.StartAsync();
            return receiver;
        }
        catch
        {
            await receiver.app.DisposeAsync();
            throw;
        }
    }

    /// <summary>What judges signatures by a secret (<c>whsec_…</c>) or a public key (<c>whpk_…</c>); null for neither.</summary>
    public static ISignatureVerifier? VerifierOf(string text) =>
        WebhookSecret.TryParse(text, out var secret) ? new HmacSecret(secret)
            : WebhookPublicKey.TryParse(text, out var key) ? Ed25519Verifier.Of(key) : null;

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        turn.Dispose();
    }

    private async Task ReceiveAsync(HttpContext context, int status)
    {
        var arrived = time.GetUtcNow();
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        var body = Encoding.UTF8.GetString(content.GetBuffer().AsSpan(0, (int)content.Length));
        var verdict = keys.Count == 0 ? null : (SignatureVerdict?)Judge(
            context.Request.Headers, content.GetBuffer().AsSpan(0, (int)content.Length), arrived);

        // One at a time: the lines of two requests must not mix.
        await turn.WaitAsync(context.RequestAborted);
        try
        {
            await output.WriteLineAsync(
                $"{Rfc3339.ToString(arrived)} {context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            if (Describe(context.Request.Headers, arrived) is { } timer)
            {
                await output.WriteLineAsync($"  {timer}");
            }

            if (verdict is { } judged)
            {
                await output.WriteLineAsync($"  {Say(judged)}");
            }

            if (body.Length > 0)
            {
                await output.WriteLineAsync($"  {Printable(body)}");
            }

            await output.FlushAsync();
        }
        finally
        {
            turn.Release();
        }

        context.Response.StatusCode = verdict is null or SignatureVerdict.Valid ? status : StatusCodes.Status401Unauthorized;
    }

    private SignatureVerdict Judge(IHeaderDictionary headers, ReadOnlySpan<byte> body, DateTimeOffset arrived) => WebhookSignature.Verify(
        keys, headers["webhook-id"], headers["webhook-timestamp"], headers[WebhookSignature.Header], body, arrived);

    private static string Say(SignatureVerdict verdict) => verdict switch
    {
        SignatureVerdict.Valid => "signature valid",
        SignatureVerdict.Missing => "NOT SIGNED: webhook-id, webhook-timestamp or webhook-signature is missing; answered with 401",
        SignatureVerdict.Malformed => "SIGNATURE REFUSED: webhook-timestamp is not a number of seconds; answered with 401",
        SignatureVerdict.TooOld => "SIGNATURE REFUSED: it is more than 5 minutes old; answered with 401",
        SignatureVerdict.TooNew => "SIGNATURE REFUSED: it is more than 5 minutes ahead of this clock; answered with 401",
        _ => "SIGNATURE WRONG: none of the secrets or keys made it over these bytes; answered with 401",
    };

    /// <summary>What the headers say about the timer; null when the request is not one of our webhooks.</summary>
    private static string? Describe(IHeaderDictionary headers, DateTimeOffset arrived)
    {
        if (headers["timer-id"] is not [{ } id])
        {
            return null;
        }

        var late = Rfc3339.TryRead(headers["timer-due-at"].ToString(), out var due)
            ? string.Create(CultureInfo.InvariantCulture, $", {(arrived - due).TotalMilliseconds:0.0} ms after it was due")
            : string.Empty;
        return $"timer {Printable(id)}, attempt {Printable(headers["timer-attempt"].ToString())}{late}; "
            + $"webhook-id {Printable(headers["webhook-id"].ToString())}";
    }

    /// <summary>Limits the length, and replaces characters that would control the terminal.</summary>
    private static string Printable(string text)
    {
        var shown = text.Length > MaxPrinted ? $"{text[..MaxPrinted]}… ({text.Length} characters)" : text;
        return string.Concat(shown.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c));
    }
}
