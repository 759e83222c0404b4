using ClientLibrary.Events;
using ClientLibrary.Live;

namespace ClientLibrary.Revenue;

/// <summary>Sends events of revenue, and reads balances and ledgers.</summary>
/// <param name="connection">The service.</param>
public sealed class RevenueClient(ServiceConnection connection)
{
    private const string Root = "revenue";

    /// <summary>Sends events, in as many requests as they need. What the connection repeats counts once.</summary>
    /// <param name="events">Any number, of any users.</param>
    /// <param name="cancellationToken">Gives up; events with ids of their own may be sent again then.</param>
    /// <exception cref="ServiceException">The service could not be reached, or refused a request as a whole.</exception>
    public Task<EventBatch> SendAsync(IEnumerable<RevenueEvent> events, CancellationToken cancellationToken = default) =>
        new EventClient(connection).SendAsync($"{Root}/events", events, RevenueJson.Default.RevenueEvent, cancellationToken);

    /// <summary>A user with the balances.</summary>
    /// <param name="user">The user's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">404: nothing is known of the user.</exception>
    public Task<RevenueUser> GetUserAsync(string user, CancellationToken cancellationToken = default) =>
        connection.GetAsync(Of(user), RevenueJson.Default.RevenueUser, cancellationToken);

    /// <summary>A page of a user's ledger, in time order.</summary>
    /// <param name="user">The user's id.</param>
    /// <param name="query">Which entries; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">404: nothing is known of the user.</exception>
    public Task<Page<RevenueEntry>> ListAsync(string user, LedgerQuery? query = null, CancellationToken cancellationToken = default)
    {
        query ??= new LedgerQuery();
        var text = new QueryText().Add("from", query.From).Add("to", query.To).Add("order", query.LatestFirst ? "desc" : null)
            .Add("limit", query.Limit).Add("cursor", query.Cursor);
        return connection.GetAsync($"{Of(user)}/events{text}", RevenueJson.Default.PageRevenueEntry, cancellationToken);
    }

    /// <summary>A user's whole ledger in time order, page by page as it is read.</summary>
    /// <param name="user">The user's id.</param>
    /// <param name="query">Which entries; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<RevenueEntry> ListAllAsync(
        string user, LedgerQuery? query = null, CancellationToken cancellationToken = default)
    {
        query ??= new LedgerQuery();
        return Pages.ReadAllAsync(
            cursor => ListAsync(user, query with { Cursor = cursor }, cancellationToken), query.Cursor, cancellationToken);
    }

    /// <summary>A user's balances, or the sums of today of all users, as they change.</summary>
    /// <param name="user">The user's id; null for all together.</param>
    /// <param name="lastEventId">The position to go on from; null to begin with a snapshot.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<LiveEvent> WatchAsync(
        string? user = null, string? lastEventId = null, CancellationToken cancellationToken = default) =>
        new LiveClient(connection).WatchAsync($"{Root}/stream{new QueryText().Add("user", user)}", lastEventId, cancellationToken);

    private static string Of(string user) => $"{Root}/users/{Uri.EscapeDataString(user)}";
}
