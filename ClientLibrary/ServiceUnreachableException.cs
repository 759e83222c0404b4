namespace ClientLibrary;

/// <summary>The service gave no answer. Whether the request was carried out is unknown.</summary>
public sealed class ServiceUnreachableException : ServiceException
{
    internal ServiceUnreachableException(Uri address, string reason, Exception? cause)
        : base($"{address.AbsoluteUri.TrimEnd('/')} cannot be reached: {reason}", cause)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
