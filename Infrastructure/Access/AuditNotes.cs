using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Infrastructure.Access;

/// <summary>What a route tells the audit of what it changed, as hashes: the audit holds nothing that could be a secret.</summary>
public sealed class AuditNotes
{
    /// <summary>SHA-256 of what was there before, in hexadecimal; null if that is not known, or nothing was.</summary>
    public string? Before { get; set; }

    /// <summary>SHA-256 of what was there afterwards.</summary>
    public string? After { get; set; }

    /// <summary>The notes on a request that is audited; null for one that is not.</summary>
    public static AuditNotes? Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<AuditNotes>();
    }

    /// <summary>The hash of several things, in their order; null of nothing.</summary>
    public static string? HashAll(IEnumerable<byte[]> contents)
    {
        ArgumentNullException.ThrowIfNull(contents);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var isAny = false;
        foreach (var content in contents)
        {
            // Each ends with a line's end, which stands in no JSON that programs write.
            hash.AppendData(content);
            hash.AppendData("\n"u8);
            isAny = true;
        }

        return isAny ? Convert.ToHexStringLower(hash.GetHashAndReset()) : null;
    }

    /// <summary>The hash of something.</summary>
    public static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
