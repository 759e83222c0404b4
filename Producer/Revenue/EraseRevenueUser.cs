using Contracts.Revenue;
using Contracts.Storage;
using Infrastructure.Revenue;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>DELETE /revenue/users/{id}: erases a user with all that was ever received of them.</summary>
internal static class EraseRevenueUser
{
    public static void MapEraseRevenueUser(this IEndpointRouteBuilder revenue) => revenue.MapDelete("/users/{userId}", HandleAsync)
        .WithQuery()
        .WithName("eraseRevenueUser")
        .WithSummary("Erase a user's revenue")
        .WithDescription(
            "Their ledger, balances and dead letters, and what they added to the sums of all. 204 when that is done, 202 while it is "
            + "still to be done. Events that were accepted before do not come back; later ones begin anew, also under ids that were used "
            + "before.")
        .Erases();

    private static async Task<IResult> HandleAsync(
        string userId, HttpContext context, EventAcceptance<RevenueUserErased> acceptance, IRevenueStore store, IStoreClock clock,
        IOptions<RevenueOptions> options, CancellationToken cancellationToken)
    {
        var user = PathText.Unescape(userId);
        if (RevenueRules.UserProblem(user) is { } problem)
        {
            return Problems.Invalid("userId", problem);
        }

        await Audited.NoteBeforeAsync(
            context,
            async () => await store.FindAsync(context.Tenant(), user, cancellationToken) is { } found
                ? RevenueUserResource.From(found) : null,
            RevenueResourcesJson.Http.RevenueUserResource);
        return await EventErasure.AnswerAsync(
            context, acceptance, new RevenueUserErased(user, EventStamps.Of(context, clock, options.Value.Address)),
            RevenueTracker.KeyOf, options.Value.Deadline, cancellationToken);
    }
}
