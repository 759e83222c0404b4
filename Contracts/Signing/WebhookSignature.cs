using System.Buffers;
using System.Globalization;
using System.Text;

namespace Contracts.Signing;

/// <summary>
/// Signs webhooks and verifies signatures by Standard Webhooks 1.0, over <c>{id}.{timestamp}.{body}</c>, where the body is every byte as
/// it is sent.
/// </summary>
/// <remarks>https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md</remarks>
public static class WebhookSignature
{
    /// <summary>The header with the signatures, which a space separates.</summary>
    public const string Header = "webhook-signature";

    /// <summary>How far a timestamp may be from the receiver's clock, in either direction.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Contents up to here are put together on the stack.</summary>
    private const int MaxStackBytes = 1024;

    /// <summary>The header's value: a signature with each key.</summary>
    /// <param name="keys">At least one.</param>
    /// <param name="id">The webhook's id, without a dot.</param>
    /// <param name="timestamp">Unix seconds, as the header has them.</param>
    /// <param name="body">The body as it is sent; empty if there is none.</param>
    public static string Sign(IReadOnlyList<ISigner> keys, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(timestamp);
        var length = ContentLength(id, timestamp, body);
        var rented = length > MaxStackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        var content = (rented ?? stackalloc byte[MaxStackBytes])[..length];
        PutContent(content, id, timestamp, body);
        var signatures = keys[0].Sign(content);
        for (var i = 1; i < keys.Count; i++)
        {
            signatures = $"{signatures} {keys[i].Sign(content)}";
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return signatures;
    }

    /// <summary>The same with secrets of <see cref="SigningKind.V1"/>.</summary>
    public static string Sign(IReadOnlyList<byte[]> secrets, string id, string timestamp, ReadOnlySpan<byte> body) =>
        Sign([.. secrets.Select(secret => new HmacSecret(secret))], id, timestamp, body);

    /// <summary>Judges a webhook as a receiver does.</summary>
    /// <param name="keys">Any of them will do: during a rotation there are two.</param>
    /// <param name="id">The header <c>webhook-id</c>; null or empty if it is missing.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>.</param>
    /// <param name="signatures">The header <c>webhook-signature</c>; signatures that are none of the keys' are passed over.</param>
    /// <param name="body">The body as it arrived.</param>
    /// <param name="now">The receiver's clock.</param>
    public static SignatureVerdict Verify(
        IReadOnlyList<ISignatureVerifier> keys, string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signatures))
        {
            return SignatureVerdict.Missing;
        }

        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return SignatureVerdict.Malformed;
        }

        // Saturated, so that no timestamp overflows.
        var age = now.ToUnixTimeSeconds() - Math.Min(seconds, long.MaxValue / 2);
        if (Math.Abs(age) > (long)Tolerance.TotalSeconds)
        {
            return age > 0 ? SignatureVerdict.TooOld : SignatureVerdict.TooNew;
        }

        var content = new byte[ContentLength(id, timestamp, body)];
        PutContent(content, id, timestamp, body);
        return keys.Any(key => IsSigned(signatures, key, content)) ? SignatureVerdict.Valid : SignatureVerdict.Wrong;
    }

    /// <summary>The same with secrets of <see cref="SigningKind.V1"/>.</summary>
    public static SignatureVerdict Verify(
        IReadOnlyList<byte[]> secrets, string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, DateTimeOffset now) =>
        Verify([.. secrets.Select(secret => new HmacSecret(secret))], id, timestamp, signatures, body, now);

    private static bool IsSigned(string signatures, ISignatureVerifier key, byte[] content)
    {
        foreach (var part in signatures.AsSpan().Split(' '))
        {
            if (key.IsRight(signatures.AsSpan(part), content))
            {
                return true;
            }
        }

        return false;
    }

    private static int ContentLength(string id, string timestamp, ReadOnlySpan<byte> body) =>
        Encoding.UTF8.GetByteCount(id) + Encoding.UTF8.GetByteCount(timestamp) + 2 + body.Length;

    private static void PutContent(Span<byte> content, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        var at = Encoding.UTF8.GetBytes(id, content);
        content[at++] = (byte)'.';
        at += Encoding.UTF8.GetBytes(timestamp, content[at..]);
        content[at++] = (byte)'.';
        body.CopyTo(content[at..]);
    }
}
