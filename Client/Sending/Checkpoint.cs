using System.Text.Json;
using System.Text.Json.Serialization;
using Client.Connections;

namespace Client.Sending;

/// <summary>How far a file has been sent: everything before it was answered.</summary>
internal sealed record Checkpoint
{
    /// <summary>The service that it was sent to; another one gets it from the beginning.</summary>
    public required string Service { get; init; }

    /// <summary>The public part of the key that it was sent with, for another may be another tenant's; null without a key.</summary>
    public string? Key { get; init; }

    /// <summary>What it was sent as.</summary>
    public required string Slice { get; init; }

    /// <summary>What ids of lines are made of, beside their numbers; it stays as it is when the file grows.</summary>
    public required string Salt { get; init; }

    /// <summary>Bytes before it.</summary>
    public long Offset { get; init; }

    /// <summary>Lines before it.</summary>
    public long Line { get; init; }

    /// <summary>Length of the file's beginning by which it is recognised: what was answered, or all of it before anything was.</summary>
    public long Checked { get; init; }

    /// <summary>SHA-256 of that beginning.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Lines that are durable, duplicates included.</summary>
    public long Accepted { get; init; }

    /// <summary>Accepted lines that had been sent before.</summary>
    public long Duplicates { get; init; }

    /// <summary>Lines that were refused.</summary>
    public long Rejected { get; init; }

    [JsonIgnore]
    public FilePlace Place => new(Offset, Line);
}

/// <summary>JSON of checkpoints.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Checkpoint))]
internal sealed partial class CheckpointJson : JsonSerializerContext;

/// <summary>The file of a checkpoint.</summary>
/// <param name="path">Its path.</param>
internal sealed class CheckpointFile(string path)
{
    public string Path => path;

    /// <returns>Null if there is none.</returns>
    /// <exception cref="UsageException">It cannot be read.</exception>
    public Checkpoint? Read()
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), CheckpointJson.Default.Checkpoint) : null;
        }
        catch (JsonException error)
        {
            throw new UsageException($"{path} is no checkpoint of this program: {error.Message} Remove it to begin anew.", error);
        }
    }

    /// <summary>Replaces it as a whole.</summary>
    public void Write(Checkpoint checkpoint) =>
        WholeFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(checkpoint, CheckpointJson.Default.Checkpoint));
}
