using Contracts.Common;
using Contracts.Sites;

namespace Tests.Contract.Sites;

/// <summary>A site as simple as it can be: a list of events, and everything else counted from it each time.</summary>
internal sealed class SiteModel
{
    private readonly Dictionary<string, SiteEvent> events = new(StringComparer.Ordinal);

    public IEnumerable<SiteEvent> Events => events.Values.OrderBy(each => each.At);

    /// <summary>The first event of an id wins.</summary>
    public void Add(SiteEvent each) => events.TryAdd(each.EventId, each);

    public void Erase(Func<SiteEvent, bool> of)
    {
        foreach (var each in events.Values.Where(of).ToList())
        {
            events.Remove(each.EventId);
        }
    }

    public SiteCounts[] Counts(long length, long from, long to) => [.. Between(from, to)
        .GroupBy(each => Floor(each.At, length))
        .OrderBy(group => group.Key)
        .Select(group => new SiteCounts(
            group.Key, group.Count(each => !each.IsBot), group.Count(each => each is { Type: "page_view", IsBot: false }),
            group.Count(each => each.IsBot)))];

    public Dictionary<string, long> Paths(long from, long to) => Between(from, to)
        .Where(each => each is { Type: "page_view", IsBot: false }).GroupBy(each => each.Path)
        .ToDictionary(group => group.Key, group => (long)group.Count());

    public Dictionary<string, long> Types(long from, long to) => Between(from, to)
        .Where(each => !each.IsBot).GroupBy(each => each.Type).ToDictionary(group => group.Key, group => (long)group.Count());

    public long Visitors(VisitorKind kind, long from, long to) => Between(from, to)
        .Where(each => each.IsBot == (kind == VisitorKind.Bot))
        .Where(each => kind == VisitorKind.Bot || each.User is null == (kind == VisitorKind.Anonymous))
        .Select(each => each.User ?? (each.Visitor is { } visitor ? $"\0{visitor}" : null)).Where(who => who is not null)
        .Distinct(StringComparer.Ordinal).Count();

    public static long Floor(long at, long length) => at - (((at % length) + length) % length);

    private IEnumerable<SiteEvent> Between(long from, long to) => events.Values.Where(each => each.At >= from && each.At < to);

    public static long Ticks(string instant) =>
        TickTime.Of(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture));
}
