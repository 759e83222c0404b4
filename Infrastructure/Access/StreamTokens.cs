using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Contracts.Access;

namespace Infrastructure.Access;

/// <summary>
/// Short-lived tokens for live streams, which go into the query: <c>EventSource</c> and <c>WebSocket</c> let a page set no headers. They
/// are bound to a key by an HMAC under the key's stored hash, so every instance knows them without a look-up, and a rotation or revocation
/// ends them. Whoever can read the hashes could make them, and can read the data beside the hashes anyway.
/// </summary>
internal static class StreamTokens
{
    /// <summary>The query's parameter.</summary>
    public const string Parameter = "access_token";

    /// <summary>How long one may be used to open streams; they then last as long as the key.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private const string Prefix = "tms_";

    public static string Create(ApiKey key, DateTimeOffset expiresAt)
    {
        var until = expiresAt.ToUnixTimeSeconds();
        return string.Create(CultureInfo.InvariantCulture, $"{Prefix}{key.Id}_{until}_{SealOf(key.Hash.Span, key.Id, until)}");
    }

    /// <summary>The id of the key that a token claims to be of; null if it is none.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? keyId)
    {
        keyId = text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length < 200 && text.Split('_') is [_, var id, _, _] ? id : null;
        return keyId is not null;
    }

    /// <summary>Whether it was made for the key and has not expired.</summary>
    public static bool IsRight(string text, ApiKey key, DateTimeOffset now)
    {
        if (text.Split('_') is not [_, var id, var until, var seal]
            || !long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || id != key.Id)
        {
            return false;
        }

        var right = Encoding.ASCII.GetBytes(SealOf(key.Hash.Span, id, seconds));
        return CryptographicOperations.FixedTimeEquals(right, Encoding.UTF8.GetBytes(seal)) & now.ToUnixTimeSeconds() < seconds;
    }

    private static string SealOf(ReadOnlySpan<byte> hash, string id, long until) => Convert.ToHexStringLower(HMACSHA256.HashData(
        hash, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"stream {id} {until}"))));
}
