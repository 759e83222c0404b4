using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Contracts.Messaging;

/// <summary>What a log must know about messages of one type.</summary>
/// <typeparam name="TMessage">A message of this project's contracts.</typeparam>
/// <param name="Topic">The topic they are published on; their dead letters go to <c>Topic.dead</c>.</param>
/// <param name="Name">The type's name in the message's headers, unique within the topic.</param>
/// <param name="Version">The shape's version in the message's headers, from 1; later versions stay readable by earlier readers.</param>
/// <param name="KeyOf">Messages with the same key keep their order.</param>
/// <param name="Json">Their JSON; its options respect nullable annotations and required constructor parameters.</param>
/// <exception cref="ArgumentException">They do not.</exception>
public sealed record MessageType<TMessage>(
    string Topic, string Name, int Version, Func<TMessage, string> KeyOf, JsonTypeInfo<TMessage> Json)
    : MessageType(Topic, Name, Version)
{
    /// <summary>Their JSON.</summary>
    public JsonTypeInfo<TMessage> Json { get; } = Checked(Json);

    /// <summary>What of a message is shown; the same message if all of it is. Null if they hold nothing that must not be.</summary>
    public Func<TMessage, TMessage>? Show { get; init; }

    /// <summary>
    /// Puts what <see cref="Show"/> has left out back into a message that somebody has edited: of the first message into the second. Null
    /// if that is not possible.
    /// </summary>
    public Func<TMessage, TMessage, TMessage?>? Restore { get; init; }

    /// <summary>The same for bytes that are no such message.</summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? ShowUnreadable { get; init; }

    /// <summary>Reads a message.</summary>
    /// <exception cref="MessageRejectedException">The bytes are not a message of this type.</exception>
    public TMessage Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Json) ?? throw new MessageRejectedException("The message is empty.");
        }
        catch (Exception error) when (
            error is JsonException or FormatException or InvalidOperationException or ArgumentException or NotSupportedException)
        {
            throw new MessageRejectedException(error.Message, error);
        }
    }

    /// <summary>Else a message without one of its members would be read, and fail in the handler as if that were broken.</summary>
    private static JsonTypeInfo<TMessage> Checked(JsonTypeInfo<TMessage> json) =>
        json.Options is { RespectNullableAnnotations: true, RespectRequiredConstructorParameters: true }
            ? json
            : throw new ArgumentException($"The JSON of {typeof(TMessage).Name} reads messages that lack members.", nameof(json));
}
