using System.Security.Cryptography;

namespace Infrastructure.Items.Common;

/// <summary>What is left of a user's id after an erasure.</summary>
internal static class ErasedUser
{
    /// <summary>The first 128 bits of SHA-256 over the id.</summary>
    public static Guid HashOf(Guid user) => new(SHA256.HashData(user.ToByteArray(bigEndian: true)).AsSpan(0, 16), bigEndian: true);
}
