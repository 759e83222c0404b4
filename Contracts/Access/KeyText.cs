using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Contracts.Access;

/// <summary>
/// A key as its owner holds it: <c>tmr_{id}_{secret}_{checksum}</c>. The prefix and the checksum let scanners of source code find one that
/// was published by mistake, and let a slip of the pen be refused without a look-up.
/// </summary>
/// <param name="Id">Names the key; not a secret.</param>
/// <param name="Text">All of it; not to be logged or stored.</param>
public sealed record KeyText(string Id, string Text)
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "tmr_";

    private const string Letters = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>Each of 32 letters, so 5 random bits each: 60 bits.</summary>
    private const int IdLength = 12;

    /// <summary>160 random bits.</summary>
    private const int SecretLength = 32;

    private const int CheckLength = 8;
    private const int MaxIdLength = 32;
    private const int MaxLength = 200;

    /// <summary>Makes a new one, with a given id or a random one.</summary>
    public static KeyText Create(string? id = null)
    {
        id ??= RandomNumberGenerator.GetString(Letters, IdLength);
        var text = $"{Prefix}{id}_{RandomNumberGenerator.GetString(Letters, SecretLength)}";
        return new KeyText(id, $"{text}_{CheckOf(text)}");
    }

    /// <summary>Reads one; false if it cannot be a key.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out KeyText? key)
    {
        key = null;
        if (text is null || text.Length > MaxLength || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var end = text.LastIndexOf('_');
        var middle = text.IndexOf('_', Prefix.Length);
        if (middle < 0 || middle == end || middle == Prefix.Length || middle - Prefix.Length > MaxIdLength
            || end - middle - 1 < SecretLength || text.AsSpan(Prefix.Length).ContainsAnyExcept(Known)
            || !text.AsSpan(end + 1).SequenceEqual(CheckOf(text[..end])))
        {
            return false;
        }

        key = new KeyText(text[Prefix.Length..middle], text);
        return true;
    }

    /// <summary>What is stored of it: SHA-256. Nobody guesses 160 random bits, so a slow hash would protect nothing more.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    /// <summary>Only its id, so that no log can show more by accident.</summary>
    public override string ToString() => $"{Prefix}{Id}_…";

    private static System.Buffers.SearchValues<char> Known { get; } = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789_");

    private static string CheckOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..CheckLength];
}
