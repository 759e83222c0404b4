using System.Text;
using System.Text.Json;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;
using Tests.Support;

namespace Tests.Contracts;

/// <summary>Device messages of every release stay readable, and what this release writes is what the fixtures say.</summary>
public sealed class DeviceMessageFixtureTests
{
    private const string StampJson = """{"receivedAt":"2030-06-01T12:00:00+00:00","address":"203.0.113.0"}""";

    private static readonly EventStamp Stamp = new(Clocks.Noon, "203.0.113.0");

    [Test]
    public void Readings_of_0_1_0_read_and_write_alike()
    {
        const string Json = $$"""
            {"device":"1234","at":[16725312000000000,-1],"counts":[3,-9223372036854775808],"stamp":{{StampJson}}}
            """;
        var read = DeviceMessages.Received.Read(Encoding.UTF8.GetBytes(Json));

        Assert.That((read.Device, read.Stamp), Is.EqualTo(("1234", Stamp)));
        Assert.That(read.At, Is.EqualTo(new[] { 16_725_312_000_000_000, -1 }));
        Assert.That(read.Counts, Is.EqualTo(new[] { 3, long.MinValue }));
        Assert.That(Written(read, DeviceMessages.Received), Is.EqualTo(Json.Trim()));
    }

    [Test]
    public void Adjustments_of_0_1_0_read_and_write_alike() => ReadAndWriteAlike(
        $$"""{"device":"1234","at":5,"delta":-2,"eventId":"a","stamp":{{StampJson}},"reason":"cleaner"}""",
        new ReadingAdjusted("1234", 5, -2, "a", Stamp, "cleaner"), DeviceMessages.Adjusted);

    [Test]
    public void Erasures_of_0_1_0_read_and_write_alike() => ReadAndWriteAlike(
        """{"device":"1234","stamp":{"receivedAt":"2030-06-01T12:00:00+00:00"}}""",
        new DeviceErased("1234", Stamp with { Address = null }), DeviceMessages.Erased);

    [TestCase("""{"device":"1234","at":[1],"counts":[1]}""")]
    [TestCase("""{"device":null,"at":[1],"counts":[1],"stamp":{}}""")]
    [TestCase("""{"at":[1],"counts":[1],"stamp":{}}""")]
    [TestCase("""{"device":"1","at":[1.5],"counts":[1],"stamp":{}}""")]
    [TestCase("[]")]
    public void What_lacks_a_member_is_rejected(string json) =>
        Assert.That(() => DeviceMessages.Received.Read(Encoding.UTF8.GetBytes(json)), Throws.InstanceOf<MessageRejectedException>());

    private static void ReadAndWriteAlike<T>(string json, T message, MessageType<T> type)
    {
        Assert.That(type.Read(Encoding.UTF8.GetBytes(json)), Is.EqualTo(message));
        Assert.That(Written(message, type), Is.EqualTo(json));
    }

    private static string Written<T>(T message, MessageType<T> type) => JsonSerializer.Serialize(message, type.Json);
}
