namespace Producer.Live;

/// <summary>What is stored under a key now, as a client is told it; all clients share the bytes.</summary>
/// <param name="Key">The key, which clients know as <c>id</c>.</param>
/// <param name="Json">A JSON object without line breaks; empty if nothing is stored any more.</param>
/// <param name="Groups">The groups that it belongs to, such as its tags.</param>
internal sealed record LiveValue(string Key, ReadOnlyMemory<byte> Json, IReadOnlyList<string> Groups)
{
    /// <summary>Whether nothing is stored, or nothing that the client may go on showing.</summary>
    public bool IsGone => Json.IsEmpty;

    public static LiveValue Gone(string key) => new(key, default, []);
}
