namespace Contracts.Sites;

/// <summary>What happened, for others: events of a site were recorded. Published at least once.</summary>
/// <param name="Site">The site's id.</param>
/// <param name="Position">The position of the message that carried them: its repetitions have the same one.</param>
/// <param name="Events">
/// Number of events that the message carried, repeated ones included, and those left out that came too late for the purge.
/// </param>
/// <param name="LatestAt">The latest instant among them, in 100 ns since 1970.</param>
/// <param name="ReceivedAt">When they were received, UTC.</param>
public sealed record SiteEventsRecorded(string Site, string Position, int Events, long LatestAt, DateTimeOffset ReceivedAt);
