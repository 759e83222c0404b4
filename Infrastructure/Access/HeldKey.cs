using System.Net;
using System.Security.Cryptography;
using System.Text;
using Contracts.Access;

namespace Infrastructure.Access;

/// <summary>A key in memory, with what requests ask of it already worked out.</summary>
#pragma warning disable CA1001 // Never disposed: streams may still look at it, and without a timer it holds nothing.
internal sealed class HeldKey
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource ended = new();
    private readonly List<IPNetwork> networks;
    private long lastUsed;

    public HeldKey(ApiKey key)
    {
        Key = key;
        networks = [.. key.Addresses.Select(address => IPNetwork.TryParse(address, out var network) ? network : default)];
        Caller = new Caller(key.Id, key.Tenant, new KeyScopes(key.Scopes), ended.Token) { Site = key.Site };
    }

    public ApiKey Key { get; }

    public Caller Caller { get; }

    /// <summary>Takes the last use, if there was one since it was taken before.</summary>
    public DateTimeOffset? TakeUse() =>
        Interlocked.Exchange(ref lastUsed, 0) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Notes that it was used.</summary>
    public void Used(DateTimeOffset at) => Volatile.Write(ref lastUsed, at.UtcTicks);

    /// <summary>Whether a text is the key's, in a time that does not tell how much of it is.</summary>
    public bool IsRight(KeyText text, DateTimeOffset now)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.Text), hash);

        // Both, always.
        var isCurrent = CryptographicOperations.FixedTimeEquals(hash, Key.Hash.Span);
        var isPrevious = CryptographicOperations.FixedTimeEquals(hash, Key.PreviousHash.Span) && now < Key.PreviousUntil;
        return isCurrent | isPrevious;
    }

    public bool IsOver(DateTimeOffset now) => Key.RevokedAt is not null || now >= Key.ExpiresAt;

    public bool MayComeFrom(IPAddress? address)
    {
        if (networks.Count == 0)
        {
            return true;
        }

        if (address is null)
        {
            return false;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.Exists(network => network != default && network.Contains(plain));
    }

    /// <summary>Ends its streams.</summary>
    public void End() => ended.Cancel();
}
