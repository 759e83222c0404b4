using System.Text;
using System.Text.Json;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Sites;
using Tests.Support;

namespace Tests.Contracts;

/// <summary>Site messages of every release stay readable, and what this release writes is what the fixtures say.</summary>
public sealed class SiteMessageFixtureTests
{
    private const string StampJson = """{"receivedAt":"2030-06-01T12:00:00+00:00","address":"203.0.113.0"}""";

    private static readonly EventStamp Stamp = new(Clocks.Noon, "203.0.113.0");

    [Test]
    public void Events_of_0_1_0_read_and_write_alike()
    {
        const string First = """
            {"at":16725312000000000,"type":"page_view","path":"/","eventId":"a","user":"u","isBot":true,"referrer":"https://r/",
            """;
        const string More = """
            "utm":{"source":"s","campaign":"c"},"properties":{"plan":"pro"}},{"at":-1,"type":"click","path":"/b","eventId":"b","visitor":-5}
            """;
        const string Json = $$$"""{"site":"example.org","events":[{{{First}}}{{{More}}}],"stamp":{{{StampJson}}}}""";
        var read = SiteMessages.Received.Read(Encoding.UTF8.GetBytes(Json));

        Assert.That((read.Site, read.Stamp, read.Events.Count), Is.EqualTo(("example.org", Stamp, 2)));
        Assert.That(read.Events[0] with { Properties = null }, Is.EqualTo(new SiteEvent(16_725_312_000_000_000, "page_view", "/", "a")
        {
            User = "u",
            IsBot = true,
            Referrer = "https://r/",
            Utm = new UtmTags("s", Campaign: "c"),
        }));
        Assert.That(read.Events[0].Properties, Is.EquivalentTo(new Dictionary<string, string> { ["plan"] = "pro" }));
        Assert.That(read.Events[1], Is.EqualTo(new SiteEvent(-1, "click", "/b", "b") { Visitor = -5 }));
        Assert.That(Written(read, SiteMessages.Received), Is.EqualTo(Json.Trim()));
    }

    [TestCase("""{"site":"s","stamp":{"receivedAt":"2030-06-01T12:00:00+00:00"},"user":"u"}""", "u", null)]
    [TestCase("""{"site":"s","stamp":{"receivedAt":"2030-06-01T12:00:00+00:00"},"visitor":-5}""", null, -5L)]
    public void Erasures_of_0_1_0_read_and_write_alike(string json, string? user, long? visitor)
    {
        var message = new VisitorErased("s", Stamp with { Address = null }, user, visitor);
        Assert.That(SiteMessages.Erased.Read(Encoding.UTF8.GetBytes(json)), Is.EqualTo(message));
        Assert.That(Written(message, SiteMessages.Erased), Is.EqualTo(json));
    }

    [Test]
    public void Erasures_of_sites_read_and_write_alike()
    {
        const string Json = """{"site":"s","stamp":{"receivedAt":"2030-06-01T12:00:00+00:00"}}""";
        var message = new SiteErased("s", Stamp with { Address = null });
        Assert.That(SiteMessages.SiteErased.Read(Encoding.UTF8.GetBytes(Json)), Is.EqualTo(message));
        Assert.That(Written(message, SiteMessages.SiteErased), Is.EqualTo(Json));
    }

    [TestCase("""{"site":"s","events":[{"at":1,"type":"t","path":"/","eventId":"a"}]}""")]
    [TestCase("""{"site":null,"events":[],"stamp":{}}""")]
    [TestCase("""{"events":[],"stamp":{}}""")]
    [TestCase("""{"site":"s","events":[{"type":"t","path":"/","eventId":"a"}],"stamp":{}}""")]
    [TestCase("""{"site":"s","events":[{"at":1,"type":null,"path":"/","eventId":"a"}],"stamp":{}}""")]
    [TestCase("[]")]
    public void What_lacks_a_member_is_rejected(string json) =>
        Assert.That(() => SiteMessages.Received.Read(Encoding.UTF8.GetBytes(json)), Throws.InstanceOf<MessageRejectedException>());

    private static string Written<T>(T message, MessageType<T> type) => JsonSerializer.Serialize(message, type.Json);
}
