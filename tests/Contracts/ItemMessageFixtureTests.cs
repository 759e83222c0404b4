using System.Text;
using System.Text.Json;
using Contracts.Events;
using Contracts.Items;
using Contracts.Messaging;
using Tests.Support;

namespace Tests.Contracts;

/// <summary>The items' messages of every release stay readable, and what this release writes is what the fixtures say.</summary>
public sealed class ItemMessageFixtureTests
{
    private const string A = "01904e4e-7c00-7000-8000-000000000001";
    private const string B = "01904e4e-7c00-7000-8000-000000000002";
    private const string StampJson = """{"receivedAt":"2030-06-01T12:00:00+00:00","address":"203.0.113.0"}""";

    private static readonly EventStamp Stamp = new(Clocks.Noon, "203.0.113.0");

    [Test]
    public void Users_of_0_1_0_read_and_write_alike() => ReadAndWriteAlike(
        $$"""{"user":"{{A}}","at":16725312000000000,"stamp":{{StampJson}}}""",
        new UserCreated(Guid.Parse(A), 16_725_312_000_000_000, Stamp), ItemMessages.UserCreated, A);

    [Test]
    public void Base_items_of_0_1_0_read_and_write_alike() => ReadAndWriteAlike(
        $$$"""{"baseItem":"{{{A}}}","description":"a chair","at":-1,"stamp":{"receivedAt":"2030-06-01T12:00:00+00:00"}}""",
        new BaseItemCreated(Guid.Parse(A), "a chair", -1, Stamp with { Address = null }), ItemMessages.BaseItemCreated, A);

    [Test]
    public void Items_of_0_1_0_read_and_write_alike() => ReadAndWriteAlike(
        $$"""{"item":"{{A}}","baseItem":"{{B}}","at":5,"stamp":{{StampJson}}}""",
        new ItemCreated(Guid.Parse(A), Guid.Parse(B), 5, Stamp), ItemMessages.ItemCreated, A);

    [Test]
    public void Transfers_of_0_1_0_read_and_write_alike() => ReadAndWriteAlike(
        $$"""{"item":"{{A}}","eventId":"t","to":"{{B}}","at":5,"stamp":{{StampJson}}}""",
        new ItemTransferred(Guid.Parse(A), "t", Guid.Parse(B), 5, Stamp), ItemMessages.ItemTransferred, A);

    [Test]
    public void Erasures_of_0_1_0_read_and_write_alike() => ReadAndWriteAlike(
        $$"""{"user":"{{A}}","stamp":{{StampJson}}}""", new ItemUserErased(Guid.Parse(A), Stamp), ItemMessages.UserErased, A);

    [Test]
    public void What_happened_of_0_1_0_reads_and_writes_alike() => ReadAndWriteAlike(
        $$"""
        {"id":"{{A}}","what":"item-transferred","position":"p","at":5,"receivedAt":"2030-06-01T12:00:00+00:00","to":"{{B}}","eventId":"t"}
        """,
        new ItemHappened(Guid.Parse(A), ItemHappened.ItemTransferred, "p", 5, Clocks.Noon, To: Guid.Parse(B), EventId: "t"),
        ItemMessages.Happened, A);

    [TestCase($$$"""{"item":"{{{A}}}","eventId":"t","at":5,"stamp":{}}""")]
    [TestCase($$$"""{"item":"{{{A}}}","eventId":null,"to":"{{{B}}}","at":5,"stamp":{}}""")]
    [TestCase($$$"""{"item":"1","eventId":"t","to":"{{{B}}}","at":5,"stamp":{}}""")]
    [TestCase("[]")]
    public void What_lacks_a_member_or_has_a_malformed_id_is_rejected(string json) => Assert.That(
        () => ItemMessages.ItemTransferred.Read(Encoding.UTF8.GetBytes(json)), Throws.InstanceOf<MessageRejectedException>());

    private static void ReadAndWriteAlike<T>(string json, T message, MessageType<T> type, string key)
    {
        Assert.That(type.Read(Encoding.UTF8.GetBytes(json)), Is.EqualTo(message));
        Assert.That(JsonSerializer.Serialize(message, type.Json), Is.EqualTo(json));
        Assert.That(type.KeyOf(message), Is.EqualTo(key));
    }
}
