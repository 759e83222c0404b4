using System.Runtime.CompilerServices;
using System.Text.Json;
using Contracts.Common;
using Contracts.Sites;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>GET /sites/export: all events of one site, or of all.</summary>
internal static class ExportSiteEvents
{
    private const int PageSize = 2_000;
    private const int SitesPerPage = 100;

    private static readonly ExportColumn<ExportedSiteEvent>[] Columns =
    [
        new("site", row => row.Site),
        new("timestamp", row => row.Timestamp),
        new("eventId", row => row.EventId),
        new("type", row => row.Type),
        new("path", row => row.Path),
        new("user", row => row.User),
        new("visitor", row => row.Visitor),
        new("bot", row => row.Bot),
        new("referrer", row => row.Referrer),
        new("utmSource", row => row.UtmSource),
        new("utmMedium", row => row.UtmMedium),
        new("utmCampaign", row => row.UtmCampaign),
        new("utmTerm", row => row.UtmTerm),
        new("utmContent", row => row.UtmContent),
        new("properties", row => row.Properties),
        new("receivedAt", row => row.ReceivedAt),
        new("address", row => row.Address),
    ];

    public static void MapExportSiteEvents(this IEndpointRouteBuilder sites) => sites.MapGet("/export", Handle)
        .WithQuery("format", "site", "from", "to")
        .WithName("exportSiteEvents")
        .WithSummary("Export events of sites")
        .WithDescription(
            "Site by site, in time order, streamed as JSON lines (`format=ndjson`, the default) or CSV (`format=csv`). In CSV, text that a "
            + "spreadsheet would take for a formula begins with an apostrophe. `properties` are JSON as text.")
        .Produces<ExportedSiteEvent>(StatusCodes.Status200OK, BatchBody.Ndjson, EventExport<ExportedSiteEvent>.Csv)
        .ProducesProblem(StatusCodes.Status400BadRequest);

    private static IResult Handle(string? format, string? site, string? from, string? to, HttpContext context, ISiteStore store)
    {
        var errors = new FieldErrors();
        var (first, end) = QueryFields.Span(from, to, errors);
        var form = EventExport.ReadFormat(format, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var (tenant, range) = (context.Tenant(), new SiteEventRange(first, end, PageSize) { WithArrival = true });
        return new EventExport<ExportedSiteEvent>(
            stop => EventExport.RowsAsync(
                site,
                async (after, token) =>
                {
                    var page = await store.ListAsync(tenant, after, SitesPerPage, token);
                    return (page.Items.Select(each => each.Id), page.Next);
                },
                (each, token) => ReadAsync(store, tenant, each, range, token),
                stop),
            Columns,
            form);
    }

    private static async IAsyncEnumerable<IReadOnlyList<ExportedSiteEvent>> ReadAsync(
        ISiteStore store, string tenant, string site, SiteEventRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SiteEventCursor? after = null;
        while (true)
        {
            var page = await store.ReadAsync(tenant, site, range with { After = after }, cancellationToken);
            yield return [.. page.Select(each => ExportedSiteEvent.From(site, each))];
            if (page.Count < range.Limit)
            {
                yield break;
            }

            after = page[^1].Cursor;
        }
    }
}

/// <summary>A line of an export.</summary>
internal sealed record ExportedSiteEvent
{
    /// <summary>The site's id.</summary>
    public required string Site { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Its id.</summary>
    public required string EventId { get; init; }

    /// <summary>What happened.</summary>
    public required string Type { get; init; }

    /// <summary>Where on the site.</summary>
    public required string Path { get; init; }

    /// <summary>Who did it, as the site knows them.</summary>
    public string? User { get; init; }

    /// <summary>Who did it if the site does not know: 16 hexadecimal digits that stand for them for a day.</summary>
    public string? Visitor { get; init; }

    /// <summary>True for a known bot.</summary>
    public bool? Bot { get; init; }

    /// <summary>The page that led there.</summary>
    public string? Referrer { get; init; }

    /// <summary>utm_source.</summary>
    public string? UtmSource { get; init; }

    /// <summary>utm_medium.</summary>
    public string? UtmMedium { get; init; }

    /// <summary>utm_campaign.</summary>
    public string? UtmCampaign { get; init; }

    /// <summary>utm_term.</summary>
    public string? UtmTerm { get; init; }

    /// <summary>utm_content.</summary>
    public string? UtmContent { get; init; }

    /// <summary>What else the site says of it, a JSON object as text.</summary>
    public string? Properties { get; init; }

    /// <summary>When it was received.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>The recorded part of the client's address.</summary>
    public string? Address { get; init; }

    public static ExportedSiteEvent From(string site, StoredSiteEvent stored)
    {
        var each = stored.Event;
        return new ExportedSiteEvent
        {
            Site = site,
            Timestamp = TickTime.ToInstant(each.At),
            EventId = each.EventId,
            Type = each.Type,
            Path = each.Path,
            User = each.User,
            Visitor = each.Visitor is { } visitor ? EraseVisitor.TextOf(visitor) : null,
            Bot = each.IsBot ? true : null,
            Referrer = each.Referrer,
            UtmSource = each.Utm?.Source,
            UtmMedium = each.Utm?.Medium,
            UtmCampaign = each.Utm?.Campaign,
            UtmTerm = each.Utm?.Term,
            UtmContent = each.Utm?.Content,
            Properties = each.Properties is { } properties
                ? JsonSerializer.Serialize(properties, SiteResourcesJson.Http.IReadOnlyDictionaryStringString) : null,
            ReceivedAt = stored.ReceivedAt,
            Address = each.Address ?? stored.Address,
        };
    }
}
