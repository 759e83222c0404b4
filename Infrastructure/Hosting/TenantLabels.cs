using System.Collections.Concurrent;
using Contracts.Common;

namespace Infrastructure.Hosting;

/// <summary>
/// Tenants as a label of metrics. Each label makes the metric once more, in this process and in whatever collects it, so that only the
/// first tenants have one of their own.
/// </summary>
public sealed class TenantLabels
{
    /// <summary>Maximum number of tenants that have a label of their own.</summary>
    public const int MaxTenants = 100;

    /// <summary>The label of all further ones; no tenant can be called that.</summary>
    public const string Other = "_other";

    private const string Name = "tenant";

    private static readonly KeyValuePair<string, object?> Rest = new(Name, Other);

    private readonly Lock gate = new();

    private readonly ConcurrentDictionary<string, KeyValuePair<string, object?>> known = new(StringComparer.Ordinal)
    {
        // Whoever comes first, those without a tenant of their own stay visible.
        [Tenant.Default] = new KeyValuePair<string, object?>(Name, Tenant.Default),
    };

    /// <summary>The label of a tenant: always the same one.</summary>
    public KeyValuePair<string, object?> Of(string tenant)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        return known.TryGetValue(tenant, out var label) ? label : Add(tenant);
    }

    private KeyValuePair<string, object?> Add(string tenant)
    {
        lock (gate)
        {
            // Not remembered: there may be any number of them, and each is to stay what it was.
            return known.Count >= MaxTenants && !known.ContainsKey(tenant) ? Rest
                : known.GetOrAdd(tenant, static name => new KeyValuePair<string, object?>(Name, name));
        }
    }
}
