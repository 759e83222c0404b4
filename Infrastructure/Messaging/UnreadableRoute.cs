namespace Infrastructure.Messaging;

/// <summary>The route of messages that cannot be read: none of them is ever applied.</summary>
internal sealed class UnreadableRoute : MessageRoute
{
    public static readonly UnreadableRoute Instance = new();

    private UnreadableRoute()
        : base(new NoType())
    {
    }

    public override object Read(ReadOnlySpan<byte> json) => throw new NotSupportedException();

    public override byte[] Write(object message) => ((UnreadableMessage)message).Content.ToArray();

    public override string KeyOf(object message) => ((UnreadableMessage)message).Key;

    public override Task HandleAsync(IReadOnlyList<LogEntry> entries, CancellationToken cancellationToken) =>
        Task.FromException(((UnreadableMessage)entries[0].Message).Reason);

    private sealed record NoType() : Contracts.Messaging.MessageType(string.Empty, string.Empty, 0);
}
