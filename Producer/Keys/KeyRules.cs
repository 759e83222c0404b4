using System.Net;
using Contracts.Access;
using Contracts.Common;
using Producer.Http;
using Producer.Slices;

namespace Producer.Keys;

/// <summary>What a key may be like.</summary>
internal sealed class KeyRules(IEnumerable<ProducerSlice> slices)
{
    public const int MaxName = 100;
    public const int MaxListed = 32;
    public const int MaxSite = 128;

    /// <summary>The only scope of publishable keys.</summary>
    public const string Publishable = "write";

    public static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(30);

    private readonly Lazy<HashSet<string>> names = new(() => slices.Select(slice => slice.Name).ToHashSet(StringComparer.Ordinal));

    /// <summary>Adds what is wrong with a request.</summary>
    public void Check(KeyRequest request, DateTimeOffset now, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > MaxName || request.Name.Any(char.IsControl))
        {
            errors.Add("name", $"must have 1 to {MaxName} characters and no control characters");
        }

        if (request.Tenant is { } tenant && !Tenant.IsValid(tenant))
        {
            errors.Add("tenant", "must have 1 to 64 of a-z, 0-9, - and _, and begin with a letter or digit");
        }

        if (request.ExpiresAt <= now)
        {
            errors.Add("expiresAt", "must lie in the future");
        }

        CheckScopes(request, errors);
        CheckAddresses(request.Addresses ?? [], errors);
        CheckPages(request, errors);
    }

    /// <summary>An address as a network of one.</summary>
    public static string? NetworkOf(string text) =>
        IPNetwork.TryParse(text, out var network) ? network.ToString()
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8).ToString()
        : null;

    private void CheckScopes(KeyRequest request, FieldErrors errors)
    {
        if (request.Scopes is not { Count: > 0 and <= KeyScopes.MaxCount } scopes)
        {
            errors.Add("scopes", $"must have 1 to {KeyScopes.MaxCount} scopes");
            return;
        }

        for (var i = 0; i < scopes.Count; i++)
        {
            if (!KeyScopes.TryParse(scopes[i], out var slice, out _))
            {
                errors.Add($"scopes[{i}]", "must be read, write, control, metrics or admin, or the first three for a slice (timers:read)");
            }
            else if (slice is not null && !names.Value.Contains(slice))
            {
                errors.Add($"scopes[{i}]", $"must name one of {string.Join(", ", names.Value.Order(StringComparer.Ordinal))}");
            }
        }
    }

    private static void CheckAddresses(IReadOnlyList<string> addresses, FieldErrors errors)
    {
        if (addresses.Count > MaxListed)
        {
            errors.Add("addresses", $"must not have more than {MaxListed} items");
            return;
        }

        for (var i = 0; i < addresses.Count; i++)
        {
            if (NetworkOf(addresses[i]) is null)
            {
                errors.Add($"addresses[{i}]", "must be an address or a network, such as 10.0.0.0/8");
            }
        }
    }

    /// <summary>A publishable key stands in pages for everybody to read: it can do one thing, in one place.</summary>
    private static void CheckPages(KeyRequest request, FieldErrors errors)
    {
        var origins = request.Origins ?? [];
        if (request.Site is null)
        {
            if (origins.Count > 0)
            {
                errors.Add("origins", "need a site: only publishable keys have them");
            }

            return;
        }

        if (request.Site.Length is 0 or > MaxSite)
        {
            errors.Add("site", $"must have 1 to {MaxSite} characters");
        }

        if (request.Scopes is not [Publishable] && !errors.Has("scopes"))
        {
            errors.Add("scopes", $"must be {Publishable} alone for a key with a site");
        }

        if (origins.Count is 0 or > MaxListed)
        {
            errors.Add("origins", $"must have 1 to {MaxListed} items for a key with a site");
        }

        for (var i = 0; i < Math.Min(origins.Count, MaxListed); i++)
        {
            if (!Uri.TryCreate(origins[i], UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
                || !origins[i].Equals(uri.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase)
                || uri.UserInfo.Length > 0)
            {
                errors.Add($"origins[{i}]", "must be an origin, such as https://shop.example.com");
            }
        }
    }
}
