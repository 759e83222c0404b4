using Contracts.Common;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using Tests.Support;

namespace Tests.Infrastructure.Mongo;

/// <summary>Documents byte for byte: those that 0.1.0 wrote with the C driver are read, and new ones are the same.</summary>
public sealed class MongoDocumentTests
{
    private const string Timer =
        "25010000055f696400100000000400112233445566778899aabbccddeeff10737461746500020000001073686172640006000000126e657874417400e0c5987e9"
            + "b01"
        + "000012647565417400e0c5987e9b01000012637265617465644174000020e17c00ca3e001276657273696f6e000100000000000000106f6363757272656e636"
        + "5000100"
        + "000010617474656d707473000000000010617474656d7074734265666f72655265706c617900000000001070656e64696e670000000000086d61795374696c6"
        + "c417272"
        + "69766500001266696e6765727072696e7400fbffffffffffffff087061726b00011073697a65000200000005737065630002000000007b7d0474616773001e0"
        + "0000002"
        + "3000020000006100023100090000006772c3b6c39f6572000000";

    private const string Attempt =
        "d2000000035f6964004c0000000574696d657200100000000400112233445566778899aabbccddeeff106f6363757272656e63650002000000106e756d6265720"
            + "00300"
        + "000012636c61696d0007000000000000000012737461727465644174000050e37266470600126c6174656e637900dc05000000000000126c6174656e6573730"
        + "0d00700"
        + "00000000001073746174757300f7010000026572726f7200030000006e6f0005726573706f6e736500020000000001021073746174650002000000126e65787"
        + "4417400"
        + "2855947e9b01000000";

    private static readonly Guid Key = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void A_new_timer_is_written_as_ever()
    {
        var timer = ATimer.New()
            .WithId(Key).DueAt(Noon.AddMinutes(5)).CreatedAt(Noon).WithTags("a", "größer").Parked().WithFingerprint(-5).Build();

        Assert.That(Written(new NewTimerRow(Tenant.Default, timer, "{}"u8.ToArray())), Is.EqualTo(Timer));
    }

    [Test]
    public void An_attempt_is_written_as_ever_and_read()
    {
        var outcome = new AttemptOutcome(
            Key,
            new ClaimToken(7),
            new AttemptRecord
            {
                Occurrence = 2,
                Number = 3,
                StartedAt = Noon,
                Latency = TimeSpan.FromMilliseconds(1.5),
                Lateness = TimeSpan.FromMilliseconds(2),
                Status = 503,
                Error = "no",
                Response = new byte[] { 1, 2 },
            },
            TimerState.Scheduled,
            Noon.AddSeconds(9));

        Assert.That(Written(new NewAttemptRow(outcome)), Is.EqualTo(Attempt));
        var read = MongoAttemptRows.Read(BsonSerializer.Deserialize<BsonDocument>(Convert.FromHexString(Attempt)));
        Assert.That((read.Timer, read.Token, read.State, read.NextAt), Is.EqualTo((Key, outcome.Token, outcome.State, outcome.NextAt)));
        Assert.That(read.Attempt.Response.ToArray(), Is.EqualTo(outcome.Attempt.Response.ToArray()));
        Assert.That(read.Attempt with { Response = default }, Is.EqualTo(outcome.Attempt with { Response = default }));
    }

    [Test]
    public void A_timer_and_an_attempt_of_another_tenant_say_whose_they_are()
    {
        var timer = BsonSerializer.Deserialize<BsonDocument>(
            Convert.FromHexString(Written(new NewTimerRow("acme", ATimer.New().WithId(Key).Build(), "{}"u8.ToArray()))));

        Assert.That(timer["tenant"].AsString, Is.EqualTo("acme"));
        Assert.That((Read(timer.ToBson()).Tenant, Read(Convert.FromHexString(Timer)).Tenant), Is.EqualTo(("acme", Tenant.Default)));
    }

    [Test]
    public void A_timer_of_the_version_before_is_read()
    {
        var row = Read(Convert.FromHexString(Timer));

        Assert.That(
            (row.Key, row.State, row.DueAt, row.NextAt), Is.EqualTo((Key, TimerState.Scheduled, Noon.AddMinutes(5), Noon.AddMinutes(5))));
        Assert.That(
            (row.CreatedAt, row.Version, row.Occurrence, row.Fingerprint, row.Claim), Is.EqualTo((Noon, 1, 1, -5, (ClaimToken?)null)));
    }

    [Test]
    public void Numbers_are_read_in_whatever_type_a_tool_has_written_them()
    {
        var document = BsonSerializer.Deserialize<BsonDocument>(Convert.FromHexString(Timer));
        document.Set("state", 4.0).Set("version", 3).Set("attempts", 2L).Set("claim", 9.0).Set("mayStillArrive", true);

        var row = Read(document.ToBson());

        Assert.That((row.State, row.Version, row.Attempts, row.Claim, row.MayStillArrive),
            Is.EqualTo((TimerState.Armed, 3, 2, new ClaimToken(9), true)));
    }

    private static string Written(MongoRow row) => Convert.ToHexStringLower(row.ToBson(typeof(MongoRow)));

    private static TimerRecord Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        using var reader = new BsonBinaryReader(stream);
        return TimerRowSerializer.Instance.Deserialize(BsonDeserializationContext.CreateRoot(reader)).Timer!;
    }
}
