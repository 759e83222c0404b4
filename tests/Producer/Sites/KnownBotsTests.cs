using Producer.Sites;

namespace Tests.Producer.Sites;

/// <summary>Bots by their names, and browsers that are none.</summary>
public sealed class KnownBotsTests
{
    /// <summary>How bots have named themselves: every fourth one of https://github.com/monperrus/crawler-user-agents (MIT).</summary>
    private static readonly string[] Seen = ReadLines("bots.txt");

    /// <summary>How browsers name themselves, some of them with a bot's letters in their names.</summary>
    private static readonly string[] Browsers = ReadLines("browsers.txt");

    [Test]
    public void Bots_that_were_seen_are_known() => Assert.That(Seen.Where(agent => !KnownBots.Has(agent)), Is.Empty);

    [TestCase("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")]
    [TestCase("mozilla/5.0 applewebkit/537.36 (khtml, like gecko; compatible; bingBOT/2.0)")]
    [TestCase("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0")]
    [TestCase("facebookexternalhit/1.1")]
    [TestCase("SomebodysNewBot/0.1")]
    [TestCase("my-web-crawler")]
    [TestCase("bots")]
    public void Words_that_bots_call_themselves_by_are_known(string agent) => Assert.That(KnownBots.Has(agent), Is.True);

    [Test]
    public void Browsers_are_none() => Assert.That(Browsers.Where(agent => KnownBots.Has(agent)), Is.Empty);

    [TestCase("curl/8.5.0")]
    [TestCase("python-requests/2.31.0")]
    [TestCase("okhttp/4.12.0")]
    [TestCase("Robotics-Shop/1.0")]
    [TestCase("")]
    [TestCase(null)]
    public void Tools_that_send_events_are_none(string? agent) => Assert.That(KnownBots.Has(agent), Is.False);

    private static string[] ReadLines(string file) =>
        File.ReadAllLines(Path.Combine(TestContext.CurrentContext.TestDirectory, "Fixtures", file));
}
