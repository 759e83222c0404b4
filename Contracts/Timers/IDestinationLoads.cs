namespace Contracts.Timers;

/// <summary>Counts what is to be sent to a receiver in a span of time, at a bounded cost.</summary>
public interface IDestinationLoads
{
    /// <summary>Counts one tenant's scheduled timers, by when they are to be sent next.</summary>
    /// <exception cref="Storage.StoreUnavailableException">No answer.</exception>
    Task<DestinationLoad> CountAsync(DestinationSpan span, CancellationToken cancellationToken);
}

/// <summary>What to count.</summary>
/// <param name="Tenant">Whose timers.</param>
/// <param name="Url">An address of the receiver, which is its scheme, host and port.</param>
/// <param name="From">The first instant.</param>
/// <param name="To">The end, which does not belong to it.</param>
/// <param name="MaxRows">How many rows may be looked at, at least 1.</param>
public sealed record DestinationSpan(string Tenant, Uri Url, DateTimeOffset From, DateTimeOffset To, int MaxRows)
{
    /// <summary>Whether an address leads to the same receiver.</summary>
    public bool Contains(Uri other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.IsAbsoluteUri
            && (other.Scheme, other.IdnHost, other.Port) == (Url.Scheme, Url.IdnHost, Url.Port);
    }
}

/// <summary>What was counted.</summary>
/// <param name="AtDestination">Timers that call the receiver.</param>
/// <param name="OfTenant">All of the tenant's timers in that time.</param>
/// <param name="Examined">Rows that were looked at.</param>
/// <param name="IsComplete">False if there were too many rows to look at all of them: then there may be more timers.</param>
public sealed record DestinationLoad(int AtDestination, int OfTenant, int Examined, bool IsComplete);
