using System.Buffers.Binary;
using System.Text.Json;
using Contracts.Common;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>
/// Hash of what a request asks for, as it would be stored: the order of members, headers and tags, defaults that are written out and other
/// spellings of the same instant or duration make no difference. Bodies and metadata count byte for byte, as they are sent and shown.
/// </summary>
internal static class RequestFingerprint
{
    /// <summary>The fingerprint of a valid request under a key.</summary>
    public static long Of(TimerRequest request)
    {
        var spec = request.ToSpec(ownId: null);
        var plain = spec with
        {
            Headers = spec.Headers is { } headers
                ? new SortedDictionary<string, string>(
                    headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value), StringComparer.Ordinal)
                : null,
            Retry = spec.Retry ?? RetryPolicy.Default,
            Timeout = spec.Timeout ?? TimerSpec.DefaultTimeout,
            Tags = spec.Tags?.Order(StringComparer.Ordinal).ToList(),
        };
        var json = JsonSerializer.SerializeToUtf8Bytes(plain, TimersJson.Default.TimerSpec);

        // When: one of the two is given.
        var content = new byte[json.Length + (2 * sizeof(long))];
        json.CopyTo(content, 0);
        var due = request.DueAt is { } dueAt ? Instants.CeilingToMilliseconds(dueAt).UtcTicks : -1;
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(json.Length), due);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(json.Length + sizeof(long)), request.Delay?.Ticks ?? -1);
        return TimerKey.Fingerprint(content);
    }
}
