using System.Security.Cryptography;
using System.Text;
using ClientLibrary.Json;

namespace Client.Sending;

/// <summary>Which test events to make. The same of everything makes the same events, with the same ids.</summary>
/// <param name="Count">How many.</param>
/// <param name="Seed">Of the random numbers.</param>
/// <param name="Until">When the last one happened.</param>
/// <param name="Step">The time between two of them.</param>
internal sealed record Generation(int Count, int Seed, DateTimeOffset Until, TimeSpan Step)
{
    /// <summary>When one happened.</summary>
    /// <param name="index">Its number, from 0.</param>
    public DateTimeOffset InstantOf(int index) => Until - ((Count - 1 - index) * Step);

    /// <summary>The fields of JSON that tell when one happened, and its id.</summary>
    /// <param name="kind">Other kinds have other ids.</param>
    /// <param name="index">Its number, from 0.</param>
    public string Stamp(string kind, int index) =>
        $"\"timestamp\":\"{InstantJson.ToText(InstantOf(index))}\",\"eventId\":\"{IdOf(kind, index):D}\"";

    /// <summary>The id of one.</summary>
    /// <param name="kind">Other kinds have other ids.</param>
    /// <param name="index">Its number, from 0.</param>
    public Guid IdOf(string kind, int index) => StableId.Of($"generated {Seed} {Until.UtcTicks} {Step.Ticks} {kind}", index);
}

/// <summary>Ids that are always the same for the same place.</summary>
internal static class StableId
{
    /// <summary>A UUID of version 8 (RFC 9562 §5.8).</summary>
    /// <param name="salt">Sets the ids of one file apart from those of others.</param>
    /// <param name="place">The place in the file.</param>
    public static Guid Of(string salt, long place)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{salt}\n{place}")).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
