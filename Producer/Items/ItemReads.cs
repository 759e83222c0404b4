using Contracts.Items;
using Contracts.Messaging;
using Contracts.Storage;
using Producer.Events;

namespace Producer.Items;

/// <summary>Finds what there is; says that something is not there only when everything that was accepted of it has been applied.</summary>
internal sealed class ItemReads(IItemStore store, ILogProgress<ItemCreated> progress)
{
    /// <returns>Null if there is none.</returns>
    /// <exception cref="StoreUnavailableException">The store did not reply, or the Consumers are behind.</exception>
    /// <exception cref="LogUnavailableException">There is none in the store, and the log cannot be asked.</exception>
    public Task<ItemUser?> FindUserAsync(string tenant, Guid id, CancellationToken cancellationToken) => AppliedReads.FindAsync(
        progress, id.ToString(), "user", async () => First(await store.FindUsersAsync(tenant, [id], cancellationToken)),
        cancellationToken);

    /// <inheritdoc cref="FindUserAsync"/>
    public Task<BaseItem?> FindBaseItemAsync(string tenant, Guid id, CancellationToken cancellationToken) => AppliedReads.FindAsync(
        progress, id.ToString(), "base item",
        async () => First(await store.FindBaseItemsAsync(tenant, [id], cancellationToken)), cancellationToken);

    /// <inheritdoc cref="FindUserAsync"/>
    public Task<Item?> FindItemAsync(string tenant, Guid id, CancellationToken cancellationToken) => AppliedReads.FindAsync(
        progress, id.ToString(), "item", async () => First(await store.FindItemsAsync(tenant, [id], cancellationToken)),
        cancellationToken);

    /// <summary>Those of some users that are not there, by the same rules.</summary>
    public Task<HashSet<Guid>> FindMissingUsersAsync(string tenant, IEnumerable<Guid> ids, CancellationToken cancellationToken) =>
        FindMissingAsync(
            ids, "users", async some => (await store.FindUsersAsync(tenant, some, cancellationToken)).Select(each => each.Id),
            cancellationToken);

    /// <summary>Those of some base items that are not there, by the same rules.</summary>
    public Task<HashSet<Guid>> FindMissingBaseItemsAsync(string tenant, IEnumerable<Guid> ids, CancellationToken cancellationToken) =>
        FindMissingAsync(
            ids, "base items", async some => (await store.FindBaseItemsAsync(tenant, some, cancellationToken)).Select(each => each.Id),
            cancellationToken);

    /// <summary>Those of some items that are not there, by the same rules.</summary>
    public Task<HashSet<Guid>> FindMissingItemsAsync(string tenant, IEnumerable<Guid> ids, CancellationToken cancellationToken) =>
        FindMissingAsync(
            ids, "items", async some => (await store.FindItemsAsync(tenant, some, cancellationToken)).Select(each => each.Id),
            cancellationToken);

    /// <summary>The transfer that tells who owns an item; null for nobody, and for somebody who was erased.</summary>
    public async Task<ItemTransfer?> FindOwnerAsync(string tenant, Guid item, CancellationToken cancellationToken) =>
        First(await store.FindOwnersAsync(tenant, [item], cancellationToken)) is { } last && last.To != Guid.Empty ? last : null;

    private static TFound? First<TFound>(IReadOnlyList<TFound> found)
        where TFound : class => found.Count == 0 ? null : found[0];

    private async Task<HashSet<Guid>> FindMissingAsync(
        IEnumerable<Guid> ids, string things, Func<IReadOnlyList<Guid>, Task<IEnumerable<Guid>>> findAsync,
        CancellationToken cancellationToken)
    {
        HashSet<Guid> missing = [.. ids];
        await RemoveFoundAsync();
        if (missing.Count > 0)
        {
            await AppliedReads.WaitAsync(progress, missing.Select(id => id.ToString()), things, cancellationToken);
            await RemoveFoundAsync();
        }

        return missing;

        async Task RemoveFoundAsync()
        {
            foreach (var some in missing.ToList().Chunk(IItemStore.MaxIds))
            {
                missing.ExceptWith(await findAsync(some));
            }
        }
    }
}
