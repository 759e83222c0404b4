using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Contracts.Schedules;

/// <summary>Spreads runs that are due at one instant.</summary>
public static class ScheduleJitter
{
    /// <summary>
    /// How much later a run comes: the same for the same name and instant, on every machine and in every release, and evenly spread over
    /// others.
    /// </summary>
    /// <param name="name">The schedule's name.</param>
    /// <param name="scheduledFor">When the run is scheduled for; it counts in whole milliseconds.</param>
    /// <param name="jitter">The bound, in whole milliseconds.</param>
    /// <returns>From 0 to the bound, both among them, in whole milliseconds.</returns>
    public static TimeSpan Of(string name, DateTimeOffset scheduledFor, TimeSpan jitter)
    {
        ArgumentNullException.ThrowIfNull(name);
        var bytes = new byte[Encoding.UTF8.GetByteCount(name) + sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, scheduledFor.ToUnixTimeMilliseconds());
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(sizeof(long)));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);

        // The high half of a product is even for every bound, where a remainder would not be.
        var steps = (ulong)(jitter.Ticks / TimeSpan.TicksPerMillisecond) + 1;
        return TimeSpan.FromMilliseconds((long)Math.BigMul(BinaryPrimitives.ReadUInt64BigEndian(hash), steps, out _));
    }
}
