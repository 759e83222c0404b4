using Contracts.Sites;
using Producer.Events;

namespace Producer.Sites;

/// <summary>The UTM tags in a path's query, for events that do not name them themselves.</summary>
internal static class PathTags
{
    private const string Prefix = "utm_";

    /// <summary>Adds those that are not named. What is too long to be kept is left out.</summary>
    /// <param name="named">What the event names; null for nothing.</param>
    /// <param name="path">Where on the site.</param>
    public static UtmTags? Complete(UtmTags? named, string path)
    {
        var query = path.IndexOf('?', StringComparison.Ordinal);
        if (query < 0 || path.IndexOf(Prefix, query, StringComparison.OrdinalIgnoreCase) < 0)
        {
            return named;
        }

        var end = path.IndexOf('#', query);
        var tags = named ?? new UtmTags();
        foreach (var part in path[(query + 1)..(end < 0 ? path.Length : end)].Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && Uri.UnescapeDataString(part[(equals + 1)..].Replace('+', ' ')) is var value
                && EventRules.TextProblem(value, 1, SiteLimits.MaxUtm) is null)
            {
                tags = part[..equals].ToUpperInvariant() switch
                {
                    "UTM_SOURCE" => tags with { Source = tags.Source ?? value },
                    "UTM_MEDIUM" => tags with { Medium = tags.Medium ?? value },
                    "UTM_CAMPAIGN" => tags with { Campaign = tags.Campaign ?? value },
                    "UTM_TERM" => tags with { Term = tags.Term ?? value },
                    "UTM_CONTENT" => tags with { Content = tags.Content ?? value },
                    _ => tags,
                };
            }
        }

        return tags == new UtmTags() ? null : tags;
    }
}
