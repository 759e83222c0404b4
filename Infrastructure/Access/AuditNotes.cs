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

    /// <summary>The hash of something.</summary>
    public static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
