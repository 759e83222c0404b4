using Contracts.Sites;

namespace Tests.Producer.Sites;

/// <summary>What the embedded service announces on sites.events: to its own process, as there is no log to subscribe to.</summary>
public sealed class SiteAnnouncementsTests : RestTests
{
    private const string Sites = "/api/v1/sites";

    [Test]
    public async Task What_happened_to_a_site_is_announced_with_the_position_of_its_message_and_without_saying_who_was_erased()
    {
        var announcements = await Announcements.BeginAsync(App, SiteMessages.Events);
        await PostAsync($"{Sites}/events", """
            [{"site":"a","type":"t","path":"/","timestamp":7,"user":"secret","eventId":"1"},
             {"site":"a","type":"t","path":"/","timestamp":3,"eventId":"2"}]
            """);
        await PostAsync($"{Sites}/events", """{"site":"a","type":"t","path":"/","timestamp":7,"eventId":"1"}""");
        await DeleteAsync($"{Sites}/a/users/secret");

        var told = await announcements.ReadAsync(3);

        Assert.That(told.Select(each => each.GetProperty("site").GetString()), Is.All.EqualTo("a"));
        Assert.That(
            told.Take(2).Select(each => (each.GetProperty("events").GetInt32(), each.GetProperty("latestAt").GetInt64())),
            Is.EqualTo(new[] { (2, 70_000_000L), (1, 70_000_000L) }));
        Assert.That(told[2].GetProperty("what").GetString(), Is.EqualTo("erased"));
        Assert.That(told[2].GetRawText(), Does.Not.Contain("secret"));
    }
}
