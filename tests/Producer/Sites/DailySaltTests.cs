using Contracts.Sites;
using Contracts.Storage;
using Producer.Sites;
using Tests.Support;

namespace Tests.Producer.Sites;

/// <summary>The salt of the day, the visitors that it tells apart, and bots.</summary>
public sealed class DailySaltTests
{
    [Test]
    public async Task A_store_that_is_down_at_midnight_holds_up_nothing()
    {
        var store = new Salts();
        var salt = new DailySalt(store);
        var today = await salt.FindAsync(Clocks.Noon, default);
        store.IsDown = true;

        Assert.That(await salt.FindAsync(Clocks.Noon.AddHours(11), default), Is.EqualTo(today));
        var tomorrow = await salt.FindAsync(Clocks.Noon.AddHours(13), default);
        Assert.That(tomorrow, Is.Not.EqualTo(today).And.EqualTo(store.Known[DateOnly.FromDateTime(Clocks.Noon.UtcDateTime).AddDays(1)]));
        Assert.That(async () => await salt.FindAsync(Clocks.Noon.AddDays(3), default), Throws.InstanceOf<StoreUnavailableException>());
    }

    [Test]
    public void Visitors_are_told_apart_by_salt_site_address_and_browser_alone()
    {
        var (one, other) = (new byte[] { 1, 2, 3 }, new byte[] { 1, 2, 4 });
        var hash = VisitorHash.OfAnonymous(one, "s", "203.0.113.0", "Browser");

        Assert.That(VisitorHash.OfAnonymous(one, "s", "203.0.113.0", "Browser"), Is.EqualTo(hash));
        Assert.That(
            new[]
            {
                VisitorHash.OfAnonymous(other, "s", "203.0.113.0", "Browser"), VisitorHash.OfAnonymous(one, "t", "203.0.113.0", "Browser"),
                VisitorHash.OfAnonymous(one, "s", "203.0.114.0", "Browser"), VisitorHash.OfAnonymous(one, "s", "203.0.113.0", null),
                VisitorHash.OfAnonymous(one, "s", null, "Browser"),
            },
            Has.None.EqualTo(hash).And.Unique);
    }

    [TestCase("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", true)]
    [TestCase("mozilla/5.0 applewebkit/537.36 (khtml, like gecko; compatible; bingBOT/2.0)", true)]
    [TestCase("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0", true)]
    [TestCase("facebookexternalhit/1.1", true)]
    [TestCase("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", false)]
    [TestCase("curl/8.5.0", false)]
    [TestCase("", false)]
    [TestCase(null, false)]
    public void Known_bots_are_told_by_their_names(string? userAgent, bool isBot) =>
        Assert.That(KnownBots.Has(userAgent), Is.EqualTo(isBot));

    private sealed class Salts : IVisitorSalts
    {
        public Dictionary<DateOnly, byte[]> Known { get; } = [];

        public bool IsDown { get; set; }

        public Task<byte[]> EnsureAsync(DateOnly day, byte[] proposal, CancellationToken cancellationToken) => IsDown
            ? throw new StoreUnavailableException(WriteOutcome.Refused, "It is down.")
            : Task.FromResult(Known.TryGetValue(day, out var salt) ? salt : Known[day] = proposal);

        public Task ForgetAsync(DateOnly before, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
