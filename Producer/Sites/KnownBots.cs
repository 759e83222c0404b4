using System.Buffers;

namespace Producer.Sites;

/// <summary>
/// Bots by how they name themselves: crawlers of search engines and of language models, previews of links, monitors, scanners, headless
/// browsers. Tools that programs send events with, such as curl, are none.
/// </summary>
internal static class KnownBots
{
    /// <summary>Words that bots call themselves by, whatever their name.</summary>
    private static readonly string[] Words =
    [
        "archiv", "crawl", "feed reader", "feedbin", "feeder", "feedflow", "feedreader", "feedvalidator", "fetcher", "headless",
        "lighthouse", "link check", "link preview", "link-check", "link-preview", "linkcheck", "linkpreview", "monitor", "scanner",
        "scraper", "scraping", "scrapy", "spider", "synthetic", "uptime", "validator", "w3c-", "w3c_",
    ];

    private static readonly SearchValues<string> Names =
        SearchValues.Create([.. Words, .. BotNames.All], StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a browser names itself as one of them.</summary>
    public static bool Has(string? userAgent) =>
        userAgent is not null && (IsNamedBot(userAgent) || userAgent.AsSpan().ContainsAny(Names));

    /// <summary>Whether a word ends in bot or bots. Cubot makes phones, whose names end so, too.</summary>
    private static bool IsNamedBot(ReadOnlySpan<char> userAgent)
    {
        const string Bot = "bot";
        var rest = userAgent;
        while (rest.IndexOf(Bot, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            var end = at + Bot.Length;
            if (end < rest.Length && rest[end] is 's' or 'S')
            {
                end++;
            }

            if ((end >= rest.Length || !char.IsAsciiLetter(rest[end])) && !rest[..at].EndsWith("cu", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            rest = rest[(at + Bot.Length)..];
        }

        return false;
    }
}
