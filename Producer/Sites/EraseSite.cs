using Contracts.Sites;
using Contracts.Storage;
using Infrastructure.Sites;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>DELETE /sites/{id}/events: erases all that was ever received of a site.</summary>
/// <remarks>
/// Not DELETE /sites/{id}: a client that asks to erase the user <c>..</c> by path asks for just that, once the path is put in order.
/// </remarks>
internal static class EraseSite
{
    public static void MapEraseSite(this IEndpointRouteBuilder sites) => sites.MapDelete("/{siteId}/events", HandleAsync)
        .WithQuery()
        .WithName("eraseSite")
        .WithSummary("Erase a site")
        .WithDescription(
            "Its events, their ids, all numbers and dead letters. 204 when that is done, 202 while it is still to be done. Events that "
            + "were "
            + "accepted before do not come back; later ones begin anew, also under ids that were used before.")
        .Erases();

    private static async Task<IResult> HandleAsync(
        string siteId, HttpContext context, EventAcceptance<SiteErased> acceptance, ISiteStore store, IStoreClock clock,
        IOptions<SiteOptions> options, CancellationToken cancellationToken)
    {
        var site = PathText.Unescape(siteId);
        if (SiteRules.SiteProblem(site) is { } problem)
        {
            return Problems.Invalid("siteId", problem);
        }

        await Audited.NoteBeforeAsync(
            context,
            async () => await store.FindAsync(context.Tenant(), site, cancellationToken) is { } found ? SiteResource.From(found) : null,
            SiteResourcesJson.Http.SiteResource);
        return await EventErasure.AnswerAsync(
            context, acceptance, new SiteErased(site, EventStamps.Of(context, clock, options.Value.Address)), SiteTracker.KeyOf,
            options.Value.Deadline, cancellationToken);
    }
}
