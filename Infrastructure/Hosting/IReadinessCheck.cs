namespace Infrastructure.Hosting;

/// <summary>Something that a service needs to serve.</summary>
public interface IReadinessCheck
{
    /// <summary>Its name in the answer: <c>store</c>, <c>log</c>, <c>clock</c>.</summary>
    string Name { get; }

    /// <summary>True when nothing may be served without it; false for an engine, of which others may still serve their part.</summary>
    bool IsVital { get; }

    /// <summary>Why it does not serve, in words for a client; null when it does.</summary>
    Task<string?> FindFaultAsync(CancellationToken cancellationToken);
}
