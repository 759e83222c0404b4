namespace Contracts.Timers;

/// <summary>What else is due at a receiver within the minute around an instant.</summary>
/// <param name="From">The first instant of the minute.</param>
/// <param name="To">Its end, which does not belong to it.</param>
/// <param name="AtDestination">The tenant's timers that call the same scheme, host and port.</param>
/// <param name="OfTenant">All of the tenant's timers in that minute.</param>
/// <param name="Complete">False if there were too many to look at all of them: then there may be more.</param>
public sealed record LoadAround(DateTimeOffset From, DateTimeOffset To, int AtDestination, int OfTenant, bool Complete)
{
    private static readonly TimeSpan Half = TimeSpan.FromSeconds(30);

    /// <summary>Counts it around several instants, which share the rows that may be looked at.</summary>
    /// <param name="loads">Where.</param>
    /// <param name="tenant">Whose timers.</param>
    /// <param name="url">An address of the receiver.</param>
    /// <param name="instants">In any order; of those that come after all rows are used up nothing is said.</param>
    /// <param name="maxRows">How many rows may be looked at, for all of them.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="Storage.StoreUnavailableException">No answer.</exception>
    public static async Task<IReadOnlyList<LoadAround>> CountAsync(
        IDestinationLoads loads, string tenant, Uri url, IEnumerable<DateTimeOffset> instants, int maxRows,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(loads);
        ArgumentNullException.ThrowIfNull(instants);
        var counted = new List<LoadAround>();
        foreach (var instant in instants)
        {
            if (maxRows <= 0)
            {
                break;
            }

            var (from, to) = (instant - Half, instant + Half);
            var load = await loads.CountAsync(new DestinationSpan(tenant, url, from, to, maxRows), cancellationToken);
            maxRows -= load.Examined;
            counted.Add(new LoadAround(from, to, load.AtDestination, load.OfTenant, load.IsComplete));
        }

        return counted;
    }
}
