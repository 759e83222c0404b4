using System.Text.Json;
using Contracts.Common;
using Contracts.Messaging;

namespace Producer.DeadLetters;

/// <summary>A message that could not be applied.</summary>
internal sealed record DeadLetterResource
{
    /// <summary>Names it.</summary>
    public required string Id { get; init; }

    /// <summary>open, or replayed.</summary>
    public required string State { get; init; }

    /// <summary>The topic that it came from.</summary>
    public required string Topic { get; init; }

    /// <summary>The message's type; absent when it had none.</summary>
    public string? Type { get; init; }

    /// <summary>Its key; absent when it had none.</summary>
    public string? Key { get; init; }

    /// <summary>Its first position; a replay carries it.</summary>
    public PositionResource? Position { get; init; }

    /// <summary>Why it could not be applied, the last time.</summary>
    public required string Reason { get; init; }

    /// <summary>The class of the exception behind it.</summary>
    public string? Exception { get; init; }

    /// <summary>When it last could not be applied.</summary>
    public required DateTimeOffset DiedAt { get; init; }

    /// <summary>How often it was replayed.</summary>
    public required int Replays { get; init; }

    /// <summary>The message, if it is JSON; absent in listings.</summary>
    public RawContent? Content { get; init; }

    /// <summary>The message's bytes, if it is not JSON.</summary>
    public string? ContentBase64 { get; init; }

    /// <param name="letter">The letter.</param>
    /// <param name="content">Its content as it may be shown; null to leave it out.</param>
    public static DeadLetterResource From(DeadLetter letter, ReadOnlyMemory<byte>? content)
    {
        var isJson = content is { } bytes && IsJson(bytes.Span);
        return new DeadLetterResource
        {
            Id = letter.Id,
            State = StateName(letter.State),
            Topic = letter.Topic,
            Type = letter.Type.Length == 0 ? null : letter.Type,
            Key = letter.Key.Length == 0 ? null : letter.Key,
            Position = letter.Position.IsKnown ? PositionResource.From(letter.Position) : null,
            Reason = letter.Reason,
            Exception = letter.Exception.Length == 0 ? null : letter.Exception,
            DiedAt = letter.DiedAt,
            Replays = letter.Replays,
            Content = isJson ? new RawContent(content!.Value, IsJson: true) : null,
            ContentBase64 = content is { } other && !isJson ? Convert.ToBase64String(other.Span) : null,
        };
    }

    public static string StateName(DeadLetterState state) => state == DeadLetterState.Open ? "open" : "replayed";

    private static bool IsJson(ReadOnlySpan<byte> content)
    {
        try
        {
            var reader = new Utf8JsonReader(content);
            while (reader.Read())
            {
                // To its end: only all of it says that it is JSON.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>A message's position.</summary>
/// <param name="Epoch">The log's incarnation.</param>
/// <param name="Partition">From 0.</param>
/// <param name="Offset">From 0.</param>
internal sealed record PositionResource(string Epoch, int Partition, long Offset)
{
    public static PositionResource From(LogPosition position) => new(position.Epoch.ToString("N"), position.Partition, position.Offset);
}

/// <summary>A page of dead letters.</summary>
/// <param name="Items">The latest come first; without their contents.</param>
/// <param name="Next">The cursor of the next page; absent at the end.</param>
internal sealed record DeadLetterList(IReadOnlyList<DeadLetterResource> Items, string? Next);

/// <summary>An edit of a dead letter.</summary>
internal sealed record DeadLetterChange
{
    /// <summary>The replacement message, in the form of its type.</summary>
    public RawContent? Content { get; init; }
}
