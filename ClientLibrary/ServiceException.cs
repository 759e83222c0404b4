namespace ClientLibrary;

/// <summary>A request that has failed, after it was repeated as far as that is safe.</summary>
public abstract class ServiceException : Exception
{
    private protected ServiceException(string message, Exception? cause)
        : base(message, cause)
    {
    }

    /// <summary>Whether the same request may succeed later.</summary>
    public abstract bool IsTransient { get; }

    /// <summary>The pause that the service asks for; null if it does not.</summary>
    public virtual TimeSpan? RetryAfter => null;

    /// <summary>Whether the service said that it did nothing, and that it may be asked again.</summary>
    internal virtual bool WasRefused => false;
}
