using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tests.Contracts;

/// <summary>The example for C# of docs/guides/signatures.md, where the same lines stand.</summary>
internal static class WebhookReceiverSample
{
    public static bool Verify(
        IEnumerable<string> secrets, string? id, string? timestamp, string? signatures, byte[] body, DateTimeOffset now)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var sent)
            || Math.Abs(now.ToUnixTimeSeconds() - sent) > 300)
        {
            return false;
        }

        byte[] content = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return secrets.Any(secret =>
        {
            var key = Convert.FromBase64String(secret["whsec_".Length..]);
            var mac = HMACSHA256.HashData(key, content.AsSpan());
            var expected = Encoding.UTF8.GetBytes("v1," + Convert.ToBase64String(mac));
            return (signatures ?? string.Empty).Split(' ')
                .Any(given => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), expected));
        });
    }
}
