using System.Text.Json.Serialization;
using Contracts.Messaging;

namespace Tests.Slices.Notes;

/// <summary>Somebody wrote a note.</summary>
internal sealed record NoteWritten(string Note, string Text);

/// <summary>Somebody erased one.</summary>
internal sealed record NoteErased(string Note);

/// <summary>How notes travel: two types on one topic.</summary>
internal static class NoteMessages
{
    public const string Topic = "notes";

    public static MessageType<NoteWritten> Written { get; } =
        new(Topic, "note.written", Version: 1, message => message.Note, NotesJson.Default.NoteWritten);

    public static MessageType<NoteErased> Erased { get; } =
        new(Topic, "note.erased", Version: 1, message => message.Note, NotesJson.Default.NoteErased);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NoteWritten))]
[JsonSerializable(typeof(NoteErased))]
[JsonSerializable(typeof(NoteResource))]
internal sealed partial class NotesJson : JsonSerializerContext;

/// <summary>A note over REST.</summary>
internal sealed record NoteResource(string Note, string Text);
