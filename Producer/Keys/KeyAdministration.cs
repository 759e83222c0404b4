using Contracts.Access;
using Contracts.Common;
using Infrastructure.Access;
using Producer.Http;

namespace Producer.Keys;

/// <summary>Makes, rotates and revokes keys on behalf of administrators: each sees the keys of its own tenant, and operators all.</summary>
internal sealed class KeyAdministration(IKeyStore store, IKeyRefresh ring, KeyRules rules, TimeProvider time)
{
    public DateTimeOffset Now => time.GetUtcNow();

    /// <returns>Null if the request is not valid, or if the first key would not be an administrator's.</returns>
    public async Task<(ApiKey Key, KeyText Text)?> CreateAsync(
        Caller caller, KeyRequest request, FieldErrors errors, CancellationToken cancellationToken)
    {
        var now = Now;
        rules.Check(request, now, errors);
        var tenant = request.Tenant ?? caller.TenantName;
        if (tenant != caller.TenantName && !caller.IsOperator)
        {
            errors.Add("tenant", "must be your own");
        }

        if (tenant != Tenant.Default && request.Scopes?.Contains(KeyScopes.Write(null, KeyVerb.Metrics)) == true)
        {
            errors.Add("scopes", $"may have metrics in the tenant {Tenant.Default} only: they tell of all tenants");
        }

        // Somebody else's, made in the same instant, is found when both are: then two administrators have one each.
        if (errors.Any || (caller.KeyId is null && !request.Scopes!.Contains(KeyScopes.Write(null, KeyVerb.Admin))))
        {
            return null;
        }

        while (true)
        {
            var text = KeyText.Create();
            var key = new ApiKey
            {
                Id = text.Id,
                Tenant = tenant,
                Name = request.Name!,
                Scopes = [.. request.Scopes!.Distinct(StringComparer.Ordinal)],
                Hash = text.Hash(),
                CreatedAt = now,
                ChangedAt = now,
                ExpiresAt = request.ExpiresAt,
                Addresses = [.. (request.Addresses ?? []).Select(address => KeyRules.NetworkOf(address)!)],
                Site = request.Site,
                Origins = request.Origins ?? [],
            };
            if (await store.TryAddAsync(key, cancellationToken))
            {
                await ring.ChangedAsync(cancellationToken);
                return (key, text);
            }
        }
    }

    public async Task<ApiKey?> FindAsync(Caller caller, string id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } key && (caller.IsOperator || key.Tenant == caller.TenantName) ? key : null;

    public Task<IReadOnlyList<ApiKey>> ListAsync(Caller caller, string? after, int limit, CancellationToken cancellationToken) =>
        store.ListAsync(caller.IsOperator ? null : caller.TenantName, after, limit, cancellationToken);

    /// <returns>Null if it was changed meanwhile.</returns>
    public async Task<(ApiKey Key, KeyText Text)?> RotateAsync(ApiKey key, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var (now, text) = (Now, KeyText.Create(key.Id));
        var rotated = key with
        {
            Hash = text.Hash(),
            PreviousHash = overlap > TimeSpan.Zero ? key.Hash : default,
            PreviousUntil = overlap > TimeSpan.Zero ? now + overlap : null,
            ChangedAt = now,
        };
        return await ReplaceAsync(key, rotated, cancellationToken) is { } done ? (done, text) : null;
    }

    /// <returns>Null if it was changed meanwhile.</returns>
    public Task<ApiKey?> RevokeAsync(ApiKey key, CancellationToken cancellationToken) => key.RevokedAt is not null
        ? Task.FromResult<ApiKey?>(key)
        : ReplaceAsync(key, key with { RevokedAt = Now, ChangedAt = Now }, cancellationToken);

    private async Task<ApiKey?> ReplaceAsync(ApiKey key, ApiKey changed, CancellationToken cancellationToken)
    {
        if (!await store.TryReplaceAsync(key, changed, cancellationToken))
        {
            return null;
        }

        // Here at once; elsewhere within a second.
        await ring.ChangedAsync(cancellationToken);
        return changed with { Version = key.Version + 1 };
    }
}
