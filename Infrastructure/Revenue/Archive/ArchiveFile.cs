using System.Text.Json.Serialization;

namespace Infrastructure.Revenue.Archive;

/// <summary>A closed file of the archive: what its manifest says.</summary>
public sealed record ArchiveFile
{
    /// <summary>The archive that it belongs to.</summary>
    public required Guid Archive { get; init; }

    /// <summary>Its number among the archive's files, from 1, without a gap.</summary>
    public required long Number { get; init; }

    /// <summary>Its path in the folder, with slashes.</summary>
    public required string File { get; init; }

    /// <summary>The minute in which its entries were received, RFC 3339. Late ones of a minute are in a further file.</summary>
    public required string Minute { get; init; }

    /// <summary>Number of its lines.</summary>
    public required int Entries { get; init; }

    /// <summary>Its size.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of its bytes, in hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The same of the file before it; missing for the first one.</summary>
    public string? PreviousSha256 { get; init; }
}

/// <summary>What an archive remembers of itself.</summary>
/// <param name="Archive">The archive.</param>
/// <param name="Last">The last file; null before there is one.</param>
/// <param name="IsNoted">Whether the store knows that the last file's entries are archived.</param>
internal sealed record ArchiveState(Guid Archive, ArchiveFile? Last, bool IsNoted);

/// <summary>Source-generated JSON of manifests.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ArchiveFile))]
[JsonSerializable(typeof(ArchiveState))]
internal sealed partial class ArchiveJson : JsonSerializerContext;
