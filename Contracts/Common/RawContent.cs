using System.Text.Json.Serialization;

namespace Contracts.Common;

/// <summary>Content from a client that is passed on byte for byte: JSON as written, or text.</summary>
/// <param name="Utf8">The JSON text, or the text itself, in UTF-8.</param>
/// <param name="IsJson">True for JSON, false for text.</param>
[JsonConverter(typeof(RawContentConverter))]
public sealed record RawContent(ReadOnlyMemory<byte> Utf8, bool IsJson)
{
    /// <inheritdoc />
    public bool Equals(RawContent? other) =>
        other is not null && IsJson == other.IsJson && Utf8.Span.SequenceEqual(other.Utf8.Span);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }
}
