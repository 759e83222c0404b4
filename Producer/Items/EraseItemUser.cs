using Contracts.Items;
using Contracts.Storage;
using Infrastructure.Items;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Items;

/// <summary>DELETE /items/users/{id}: erases a user.</summary>
internal static class EraseItemUser
{
    public static void MapEraseItemUser(this IEndpointRouteBuilder items) => items.MapDelete("/users/{userId}", HandleAsync)
        .WithQuery()
        .WithName("eraseItemUser")
        .WithSummary("Erase a user")
        .WithDescription(
            "Permanently: the user is gone and no longer counted. Transfers to them, including those still to come, stay as transfers to "
            + "nobody, without a client's address, and dead letters that name them go. 204 when that is done, 202 while it is still to be "
            + "done.")
        .Erases();

    private static async Task<IResult> HandleAsync(
        string userId, HttpContext context, EventAcceptance<ItemUserErased> acceptance, IItemStore store, IStoreClock clock,
        IOptions<ItemOptions> options, CancellationToken cancellationToken)
    {
        if (!ItemIds.TryRead(userId, out var user) || user == Guid.Empty)
        {
            return Problems.Invalid("userId", ItemRules.IdForm);
        }

        await Audited.NoteBeforeAsync(
            context,
            async () => await store.FindUsersAsync(context.Tenant(), [user], cancellationToken) is [var found]
                ? ItemUserResource.From(found) : null,
            ItemResourcesJson.Http.ItemUserResource);
        return await EventErasure.AnswerAsync(
            context, acceptance, new ItemUserErased(user, EventStamps.Of(context, clock, options.Value.Address)), ItemTracker.KeyOf,
            options.Value.Deadline, cancellationToken);
    }
}
