using System.Diagnostics.CodeAnalysis;

namespace Infrastructure.Devices.Mongo;

/// <summary>Compares keys by their bytes.</summary>
internal sealed class ByteArrays : IEqualityComparer<byte[]>
{
    public static ByteArrays Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x is null ? y is null : x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj)
    {
        var hash = default(HashCode);
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
