using System.Net;
using Contracts.Sites;
using Producer.Events;

namespace Producer.Sites;

/// <summary>The rules for single fields.</summary>
internal static class SiteRules
{
    /// <summary>Maximum length of an address: IPv6 with IPv4 in it, and a zone.</summary>
    public const int MaxAddress = 64;

    /// <summary>Why an id is not valid; null if it is.</summary>
    public static string? SiteProblem(string? id) => EventRules.PathProblem(id, SiteLimits.MaxSite);

    public static string? Required(string? text, int maxLength) =>
        text is null ? "is required" : EventRules.TextProblem(text, 1, maxLength);

    /// <summary>Why a text is no address; null if it is one.</summary>
    public static string? AddressProblem(string? address) =>
        address is null
        || (address.Length <= MaxAddress && IPAddress.TryParse(address, out _) && address.AsSpan().IndexOfAny('.', ':') >= 0)
            ? null : "must be an IPv4 or IPv6 address";

    public static IEnumerable<(string Field, string Reason)> UtmProblems(UtmTags? utm)
    {
        if (utm is null)
        {
            yield break;
        }

        foreach (var (name, text) in new[]
        {
            ("source", utm.Source), ("medium", utm.Medium), ("campaign", utm.Campaign), ("term", utm.Term), ("content", utm.Content),
        })
        {
            if (EventRules.TextProblem(text, 1, SiteLimits.MaxUtm) is { } problem)
            {
                yield return ($"utm.{name}", problem);
            }
        }
    }

    public static IEnumerable<(string Field, string Reason)> PropertyProblems(IReadOnlyDictionary<string, string>? properties)
    {
        if (properties?.Count > SiteLimits.MaxProperties)
        {
            yield return ("properties", $"must not be more than {SiteLimits.MaxProperties}");
            yield break;
        }

        foreach (var (name, value) in properties ?? new Dictionary<string, string>())
        {
            if (EventRules.TextProblem(name, 1, SiteLimits.MaxPropertyName) is { } wrong)
            {
                yield return ($"properties.{name}", $"has a name that {wrong}");
            }
            else if (EventRules.TextProblem(value, 0, SiteLimits.MaxPropertyValue) is { } problem)
            {
                yield return ($"properties.{name}", problem);
            }
        }
    }
}
