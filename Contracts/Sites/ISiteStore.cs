using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;

namespace Contracts.Sites;

/// <summary>
/// Sites with their events: raw events, each claimed by its id; sums of them by minute and by day; and who was there, by hour and by day.
/// </summary>
/// <remarks>
/// Every call throws <see cref="Storage.StoreUnavailableException"/> when the store did not reply. Messages may come again, in any batches:
/// the first event of an id is kept, whatever comes later. Effects of one site come in the order of the log, as its messages have one
/// key. A replayed dead letter counts under its first position. Instants are in 100 ns since 1970.
/// </remarks>
public interface ISiteStore
{
    /// <summary>Stores events. When it has completed they can be read, and all sums include them.</summary>
    /// <remarks>
    /// Events from before <see cref="PurgeAsync"/>'s instant, or of a visitor who was erased after they came, are left out.
    /// </remarks>
    /// <exception cref="MessageRejectedException">A message is not whole, or has no position.</exception>
    Task AddAsync(IReadOnlyList<Received<SiteEventsReceived>> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Erases visitors: their events, and what these added to sums. Earlier messages, when they come again, are left out.
    /// </summary>
    Task EraseAsync(IReadOnlyList<Received<VisitorErased>> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Erases whole sites, ids of events included. Earlier messages, when they come again, are left out; later ones begin anew.
    /// </summary>
    Task EraseSitesAsync(IReadOnlyList<Received<SiteErased>> messages, CancellationToken cancellationToken);

    /// <summary>The position of the latest erasure of a whole site that is done; null if there was none.</summary>
    Task<LogPosition?> FindSiteErasureAsync(string tenant, string site, CancellationToken cancellationToken);

    /// <summary>Where the claimed events of these keys came from, in the order of the request; null for those that are not there.</summary>
    Task<IReadOnlyList<EventSource?>> FindSourcesAsync(
        string tenant, IReadOnlyList<(string Site, Guid Event)> events, CancellationToken cancellationToken);

    /// <summary>The position of the latest erasure of a visitor; null if there was none.</summary>
    Task<LogPosition?> FindErasureAsync(string tenant, string site, long visitor, CancellationToken cancellationToken);

    /// <summary>The site, in constant time; null if there is none.</summary>
    Task<SiteRecord?> FindAsync(string tenant, string site, CancellationToken cancellationToken);

    /// <summary>A page of the tenant's sites.</summary>
    /// <param name="tenant">The tenant whose data it is about.</param>
    /// <param name="after">The id after which it begins; null for the first page.</param>
    /// <param name="limit">Maximum number of sites, 1 to 1,000.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<SitePage> ListAsync(string tenant, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Events of a site in the order of their instants; none of an unknown one.</summary>
    Task<IReadOnlyList<StoredSiteEvent>> ReadAsync(string tenant, string site, SiteEventRange range, CancellationToken cancellationToken);

    /// <summary>Counts by minute or by day, in time order, those of nothing left out.</summary>
    /// <param name="tenant">The tenant whose data it is about.</param>
    /// <param name="site">The site's id.</param>
    /// <param name="span">Whether counts are of minutes or of days.</param>
    /// <param name="from">The beginning of the first span.</param>
    /// <param name="until">Where the last one ends; itself not included.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<IReadOnlyList<SiteCounts>> ReadCountsAsync(
        string tenant, string site, SiteSpan span, long from, long until, CancellationToken cancellationToken);

    /// <summary>Counts by name, summed over whole days.</summary>
    /// <param name="tenant">The tenant whose data it is about.</param>
    /// <param name="site">The site's id.</param>
    /// <param name="series">The names that are counted: types or paths.</param>
    /// <param name="from">The beginning of the first day.</param>
    /// <param name="until">Where the last one ends; itself not included.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<IReadOnlyDictionary<string, long>> SumAsync(
        string tenant, string site, SiteSeries series, long from, long until, CancellationToken cancellationToken);

    /// <summary>Adds those who were there within whole hours or days.</summary>
    /// <param name="tenant">The tenant whose data it is about.</param>
    /// <param name="site">The site's id.</param>
    /// <param name="kind">Which of them: users, visitors without a user, or bots.</param>
    /// <param name="span">Whether visitors are collected from hours or from days.</param>
    /// <param name="from">The beginning of the first span.</param>
    /// <param name="until">Where the last one ends; itself not included.</param>
    /// <param name="into">The counter that the visitors are added to.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <remarks>
    /// Costs a row for each visitor of each span, of which there are at most <see cref="UniqueCounter.MaxExact"/> once
    /// <see cref="RebuildAsync"/> has made a sketch of the others: whatever includes such a span has more than are counted exactly.
    /// </remarks>
    Task CollectVisitorsAsync(
        string tenant, string site, VisitorKind kind, SiteSpan span, long from, long until, UniqueCounter into,
        CancellationToken cancellationToken);

    /// <summary>
    /// Deletes whole days, raw events with all their sums, from before an instant, and ids that have outlived their events long enough.
    /// </summary>
    /// <param name="before">The days that end before it go; none from before it can be stored again. It never goes back.</param>
    /// <param name="forgetBefore">Ids of events from before it, which are purged already, are forgotten.</param>
    /// <param name="after">The <see cref="PurgeStep.Next"/> of the previous step; null to begin.</param>
    /// <param name="limit">Maximum number of rows in this step, more or less.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<PurgeStep> PurgeAsync(long before, long forgetBefore, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>The beginning of the first day that was not purged; the earliest number if nothing was.</summary>
    Task<long> FindPurgedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Compares all sums of some days with their raw events, and puts right those that differ, while others read and write.
    /// </summary>
    /// <param name="after">The <see cref="DriftReport.Next"/> of the previous call; null to begin.</param>
    /// <param name="limit">Maximum number of days of a site in this step.</param>
    /// <param name="repair">Whether to put them right; if not, they are only reported.</param>
    /// <param name="cancellationToken">Stops the work after the step under way; what is done stays done.</param>
    Task<DriftReport> RebuildAsync(string? after, int limit, bool repair, CancellationToken cancellationToken);
}
