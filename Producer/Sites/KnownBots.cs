using System.Buffers;

namespace Producer.Sites;

/// <summary>
/// Bots by how they name themselves: crawlers of search engines and of language models, previews of links, monitors, headless browsers.
/// Tools that programs send events with, such as curl, are none.
/// </summary>
internal static class KnownBots
{
    private static readonly SearchValues<string> Names = SearchValues.Create(
        [
            "Googlebot", "Google-InspectionTool", "AdsBot-Google", "Mediapartners-Google", "FeedFetcher-Google", "GoogleOther", "bingbot",
            "BingPreview", "adidxbot", "msnbot", "Slurp", "DuckDuckBot", "Baiduspider", "YandexBot", "YandexImages", "Sogou web spider",
            "Exabot", "SeznamBot", "Qwantify", "PetalBot", "Yeti/", "coccocbot", "MojeekBot", "Applebot", "Amazonbot", "ia_archiver",
            "archive.org_bot", "CCBot", "GPTBot", "OAI-SearchBot", "ChatGPT-User", "ClaudeBot", "anthropic-ai", "PerplexityBot",
            "Bytespider", "meta-externalagent", "facebookexternalhit", "Facebot", "Twitterbot", "LinkedInBot", "Pinterestbot",
            "Slackbot", "TelegramBot", "Discordbot", "WhatsApp/", "SkypeUriPreview", "redditbot", "AhrefsBot", "SemrushBot", "MJ12bot",
            "DotBot", "rogerbot", "BLEXBot", "DataForSeoBot", "serpstatbot", "Screaming Frog", "UptimeRobot", "Pingdom", "StatusCake",
            "Site24x7", "NewRelicPinger", "DatadogSynthetics", "HeadlessChrome", "PhantomJS", "Chrome-Lighthouse",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a browser names itself as one of them.</summary>
    public static bool Has(string? userAgent) => userAgent is not null && userAgent.AsSpan().ContainsAny(Names);
}
