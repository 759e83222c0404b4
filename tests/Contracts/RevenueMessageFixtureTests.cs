using System.Text;
using System.Text.Json;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Revenue;
using Tests.Support;

namespace Tests.Contracts;

/// <summary>Revenue messages of every release stay readable, and what this release writes is what the fixtures say.</summary>
public sealed class RevenueMessageFixtureTests
{
    private const string StampJson = """{"receivedAt":"2030-06-01T12:00:00+00:00","address":"203.0.113.0"}""";

    private static readonly EventStamp Stamp = new(Clocks.Noon, "203.0.113.0");

    [Test]
    public void Events_of_0_1_0_read_and_write_alike()
    {
        const string Json = """{"user":"user1","events":["""
            + """{"eventId":"a","name":"add_revenue","sign":0,"value":"12.5","currency":"USD","at":16725312000000000},"""
            + """{"eventId":"b","name":"refund","sign":1,"value":"0.000000001","currency":"EUR","at":-1}],"""
            + $$"""
            "stamp":{{StampJson}}}
            """;
        var read = RevenueMessages.Received.Read(Encoding.UTF8.GetBytes(Json));

        Assert.That((read.User, read.Stamp), Is.EqualTo(("user1", Stamp)));
        Assert.That(read.Events, Is.EqualTo(new[]
        {
            new RevenueEvent("a", "add_revenue", RevenueSign.Add, new Amount(12_500_000_000), "USD", 16_725_312_000_000_000),
            new RevenueEvent("b", "refund", RevenueSign.Subtract, new Amount(1), "EUR", -1),
        }));
        Assert.That(Written(read, RevenueMessages.Received), Is.EqualTo(Json));
    }

    [Test]
    public void Adjustments_of_0_1_0_read_and_write_alike() => ReadAndWriteAlike(
        $$"""{"user":"user1","original":"a","eventId":"r","delta":"-2.5","at":5,"stamp":{{StampJson}},"reason":"refund"}""",
        new RevenueAdjusted("user1", "a", "r", new Amount(-2_500_000_000), 5, Stamp, "refund"), RevenueMessages.Adjusted);

    [Test]
    public void Erasures_of_0_1_0_read_and_write_alike() => ReadAndWriteAlike(
        """{"user":"user1","stamp":{"receivedAt":"2030-06-01T12:00:00+00:00"}}""",
        new RevenueUserErased("user1", Stamp with { Address = null }), RevenueMessages.Erased);

    [Test]
    public void Changes_of_0_1_0_write_alike() => Assert.That(
        Written(
            new BalanceChanged("user1", "received", "p", [new RevenueBalance("USD", new Amount(-500_000_000), 3)], Clocks.Noon),
            RevenueMessages.Changed),
        Is.EqualTo("{\"user\":\"user1\",\"what\":\"received\",\"position\":\"p\","
            + "\"balances\":[{\"currency\":\"USD\",\"total\":\"-0.5\",\"events\":3}],\"receivedAt\":\"2030-06-01T12:00:00+00:00\"}"));

    [TestCase("""{"user":"1","stamp":{}}""")]
    [TestCase("""{"user":null,"events":[],"stamp":{}}""")]
    [TestCase("""{"user":"1","events":[{"eventId":"a","name":"n","sign":0,"value":1,"currency":"USD","at":1}],"stamp":{}}""")]
    [TestCase("""{"user":"1","events":[{"eventId":"a","name":"n","sign":0,"value":"1e400","currency":"USD","at":1}],"stamp":{}}""")]
    [TestCase("""{"user":"1","events":[{"eventId":"a","name":"n","sign":0,"value":"1","at":1}],"stamp":{}}""")]
    [TestCase("[]")]
    public void What_lacks_a_member_or_has_an_inexact_amount_is_rejected(string json) =>
        Assert.That(() => RevenueMessages.Received.Read(Encoding.UTF8.GetBytes(json)), Throws.InstanceOf<MessageRejectedException>());

    private static void ReadAndWriteAlike<T>(string json, T message, MessageType<T> type)
    {
        Assert.That(type.Read(Encoding.UTF8.GetBytes(json)), Is.EqualTo(message));
        Assert.That(Written(message, type), Is.EqualTo(json));
    }

    private static string Written<T>(T message, MessageType<T> type) => JsonSerializer.Serialize(message, type.Json);
}
