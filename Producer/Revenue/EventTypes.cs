using System.Collections.Concurrent;
using System.Text.Json;
using Contracts.Revenue;
using Contracts.Storage;

namespace Producer.Revenue;

/// <summary>
/// What names of events mean. Those that tenants have registered are read anew after a second at the latest, so that a change takes effect
/// on every Producer within it; a name that is not among them at once, so that a new one can be used at once.
/// </summary>
internal sealed class EventTypes(IRevenueStore store, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    /// <summary>Names that nobody knows are looked for ten times a second at most.</summary>
    private static readonly TimeSpan MinAge = TimeSpan.FromMilliseconds(100);

    private static readonly Dictionary<string, KnownEventType> BuiltIn =
        RevenueEventType.BuiltIn.ToDictionary(type => type.Name, type => new KnownEventType(type, null), StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, Registered> tenants = new(StringComparer.Ordinal);

    /// <summary>Tells each event what its name means.</summary>
    /// <exception cref="StoreUnavailableException">A name is not known, and the store did not reply.</exception>
    public async Task ResolveAsync(string tenant, IReadOnlyList<RevenueEventRequest> requests, CancellationToken cancellationToken)
    {
        Registered? registered = null;
        foreach (var request in requests)
        {
            if (request.Name is not { } name)
            {
                continue;
            }

            if (!BuiltIn.TryGetValue(name, out var type))
            {
                registered ??= await FindAsync(tenant, name, cancellationToken);
                if (!registered.Types.TryGetValue(name, out type) && time.GetElapsedTime(registered.ReadAt) > MinAge)
                {
                    registered = await ReadAsync(tenant, cancellationToken);
                    registered.Types.TryGetValue(name, out type);
                }
            }

            request.Type = type;
        }
    }

    /// <summary>Has them read anew: one of them has changed.</summary>
    public void Forget(string tenant) => tenants.TryRemove(tenant, out _);

    private async ValueTask<Registered> FindAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        var kept = tenants.GetValueOrDefault(tenant);
        if (kept is not null && time.GetElapsedTime(kept.ReadAt) <= MaxAge)
        {
            return kept;
        }

        try
        {
            return await ReadAsync(tenant, cancellationToken);
        }
        catch (StoreUnavailableException) when (kept?.Types.ContainsKey(name) == true)
        {
            // What it meant last is better than to refuse what the log would take.
            return kept;
        }
    }

    private async Task<Registered> ReadAsync(string tenant, CancellationToken cancellationToken)
    {
        var readAt = time.GetTimestamp();
        var types = await store.ListTypesAsync(tenant, cancellationToken);
        var before = tenants.GetValueOrDefault(tenant);
        var registered = new Registered(readAt, types.ToDictionary(
            type => type.Name,
            type => before?.Types.GetValueOrDefault(type.Name) is { } same && same.Type == type ? same : Prepare(type),
            StringComparer.Ordinal));
        return tenants[tenant] = registered;
    }

    private static KnownEventType Prepare(RevenueEventType type)
    {
        if (type.Schema is not { } schema)
        {
            return new KnownEventType(type, null);
        }

        // It was checked when it was registered.
        using var document = JsonDocument.Parse(schema);
        return new KnownEventType(type, EventSchema.TryRead(document.RootElement, out var problem)
            ?? throw new InvalidOperationException($"The schema of the events '{type.Name}' {problem}."));
    }

    private sealed record Registered(long ReadAt, Dictionary<string, KnownEventType> Types);
}
