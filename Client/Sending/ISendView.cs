namespace Client.Sending;

/// <summary>Is told how the sending of a file goes.</summary>
internal interface ISendView
{
    /// <summary>A line was refused.</summary>
    /// <param name="line">Its number, from 1.</param>
    /// <param name="status">The HTTP status that it has.</param>
    /// <param name="reason">Why.</param>
    void Rejected(long line, int status, string reason);

    /// <summary>Some more was answered.</summary>
    /// <param name="checkpoint">How far it has been sent.</param>
    /// <param name="length">The file's length in bytes; null where nobody knows.</param>
    void Advanced(Checkpoint checkpoint, long? length);
}
