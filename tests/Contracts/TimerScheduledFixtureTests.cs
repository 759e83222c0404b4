using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Contracts;

/// <summary>Messages of every release stay readable, and what this release writes is what the fixtures say.</summary>
public sealed class TimerScheduledFixtureTests
{
    private const string Instants =
        """{"timerId":"01976a3c-4c00-7d6b-9a7e-1f2d3c4b5a69","dueAt":"2026-01-01T00:00:00Z","createdAt":"2026-01-01T00:00:00Z" """;

    private static readonly Guid Id = Guid.Parse("01976a3c-4c00-7d6b-9a7e-1f2d3c4b5a69");

    [Test]
    public void Minimal_of_0_1_0_reads_and_writes_alike() =>
        ReadsAndWritesAlike("TimerScheduled.0.1.0.minimal.json", new TimerScheduled(
            Id, Clocks.Noon, Clocks.Noon.AddHours(-1), new TimerSpec { Url = new Uri("https://example.test/hook") }));

    [Test]
    public void Full_of_0_1_0_reads_and_writes_alike() =>
        ReadsAndWritesAlike("TimerScheduled.0.1.0.full.json", new TimerScheduled(
            Id,
            Clocks.Noon.AddMilliseconds(123),
            Clocks.Noon.AddHours(-1),
            new TimerSpec
            {
                Url = new Uri("https://example.test:8443/hook?order=17"),
                Method = "PUT",
                Headers = new Dictionary<string, string> { ["x-shop"] = "north" },
                Body = new RawContent("""{"order":17}"""u8.ToArray(), IsJson: true),
                Retry = new RetryPolicy
                {
                    Attempts = 3,
                    FirstDelay = TimeSpan.FromSeconds(2),
                    Factor = 2,
                    Maximum = TimeSpan.FromMinutes(1),
                    Jitter = 0.25,
                    Delays = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(90)],
                },
                OnAmbiguous = AmbiguousPolicy.Park,
                Timeout = TimeSpan.FromMilliseconds(2_500),
                Tags = ["red", "night"],
                Metadata = new RawContent("""{"note":"kept"}"""u8.ToArray(), IsJson: true),
                OwnId = "order/17",
            },
            Fingerprint: -42));

    [Test]
    public void Text_body_of_0_1_0_reads_and_writes_alike() =>
        ReadsAndWritesAlike("TimerScheduled.0.1.0.text.json", new TimerScheduled(
            Id, Clocks.Noon, Clocks.Noon.AddHours(-1), new TimerSpec
            {
                Url = new Uri("https://example.test/hook"),
                Body = new RawContent("plain \"text\""u8.ToArray(), IsJson: false),
            }));

    [Test]
    public void Encrypted_credentials_of_0_1_0_read_and_write_alike() =>
        ReadsAndWritesAlike("TimerScheduled.0.1.0.sealed.json", new TimerScheduled(
            Id, Clocks.Noon, Clocks.Noon.AddHours(-1), new TimerSpec
            {
                Url = new Uri("https://example.test/hook?token=********"),
                Headers = new Dictionary<string, string> { ["Authorization"] = "********", ["x-shop"] = "north" },
                Sealed = "AQIDBA==",
            }));

    [Test]
    public void An_expiry_of_0_1_0_reads_and_writes_alike() =>
        ReadsAndWritesAlike("TimerScheduled.0.1.0.expiring.json", new TimerScheduled(
            Id, Clocks.Noon, Clocks.Noon.AddHours(-1), new TimerSpec
            {
                Url = new Uri("https://example.test/hook"),
                ExpiresAt = Clocks.Noon.AddMinutes(30).AddMilliseconds(500),
            }));

    [Test]
    public void An_age_of_0_1_0_reads_and_writes_alike() =>
        ReadsAndWritesAlike("TimerScheduled.0.1.0.aged.json", new TimerScheduled(
            Id, Clocks.Noon, Clocks.Noon.AddHours(-1), new TimerSpec
            {
                Url = new Uri("https://example.test/hook"),
                MaxAge = TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(250),
            }));

    [Test]
    public void A_message_without_an_expiry_never_expires_and_an_age_beyond_the_calendar_does_not_fail()
    {
        var plain = ATimer.New().Build();
        var aged = ATimer.New().WithSpec(spec => spec with { MaxAge = TimeSpan.MaxValue }).Build();

        Assert.That(TimerRecord.From(plain).ExpiresAt, Is.Null);
        Assert.That(TimerRecord.From(aged).ExpiresAt, Is.EqualTo(DateTimeOffset.MaxValue));
    }

    [Test]
    public void Zero_jitter_stays_zero()
    {
        // The policy's own default is not zero.
        var message = ATimer.New().WithSpec(spec => spec with { Retry = new RetryPolicy { Jitter = 0 } }).Build();

        var json = JsonSerializer.SerializeToUtf8Bytes(message, TimersJson.Default.TimerScheduled);

        Assert.That(JsonSerializer.Deserialize(json, TimersJson.Default.TimerScheduled)!.Spec.Retry, Is.EqualTo(message.Spec.Retry));
    }

    [Test]
    public void A_field_of_a_later_release_is_passed_over()
    {
        var later = Read("TimerScheduled.0.1.0.minimal.json").Replace(
            "\"spec\"", "\"later\": {\"a\": 1}, \"spec\"", StringComparison.Ordinal);

        Assert.That(JsonSerializer.Deserialize(later, TimersJson.Default.TimerScheduled)!.TimerId, Is.EqualTo(Id));
    }

    [TestCase("{}")]
    [TestCase("null")]
    [TestCase(Instants + "}")]
    [TestCase(Instants + ""","spec":null}""")]
    [TestCase(Instants + ""","spec":{}}""")]
    [TestCase(Instants + ""","spec":{"url":null}}""")]
    public void A_message_without_a_member_that_it_needs_is_rejected(string json) =>
        Assert.That(() => TimerMessages.Scheduled.Read(Encoding.UTF8.GetBytes(json)), Throws.TypeOf<MessageRejectedException>());

    [Test]
    public void A_message_without_a_method_is_posted()
    {
        var read = TimerMessages.Scheduled.Read(Encoding.UTF8.GetBytes(Instants + ""","spec":{"url":"https://example.test/hook"}}"""));

        Assert.That(read.Spec.Method, Is.EqualTo("POST"));
    }

    [TestCase("""{}""", 5, 5, 3, 3600, 0.1)]
    [TestCase("""{"attempts":3}""", 3, 5, 3, 3600, 0.1)]
    [TestCase("""{"attempts":3,"factor":2}""", 3, 5, 2, 3600, 0.1)]
    [TestCase("""{"attempts":3,"jitter":0}""", 3, 5, 3, 3600, 0)]
    [TestCase("""{"delays":["00:00:01","00:00:02"]}""", 3, 5, 3, 3600, 0.1)]
    [TestCase("""{"attempts":3,"firstDelay":"00:00:07","factor":2,"maximum":"00:01:00"}""", 3, 7, 2, 60, 0)]
    public void What_is_absent_of_a_retry_policy_takes_its_default(
        string json, int attempts, int firstDelay, double factor, int maximum, double jitter)
    {
        var message = Instants + ""","spec":{"url":"https://example.test/hook","retry":""" + json + "}}";

        var retry = TimerMessages.Scheduled.Read(Encoding.UTF8.GetBytes(message)).Spec.Retry!;

        Assert.That((retry.Attempts, retry.FirstDelay, retry.Factor, retry.Maximum, retry.Jitter), Is.EqualTo(
            (attempts, TimeSpan.FromSeconds(firstDelay), factor, TimeSpan.FromSeconds(maximum), jitter)));
    }

    [Test]
    public void A_type_whose_JSON_passes_over_missing_members_is_refused() => Assert.That(
        () => new MessageType<TimerScheduled>("t", "n", 1, _ => "k", (JsonTypeInfo<TimerScheduled>)
            new JsonSerializerOptions(TimersJson.Default.Options) { RespectRequiredConstructorParameters = false }
                .GetTypeInfo(typeof(TimerScheduled))),
        Throws.ArgumentException);

    private static void ReadsAndWritesAlike(string file, TimerScheduled expected)
    {
        var read = JsonSerializer.Deserialize(Read(file), TimersJson.Default.TimerScheduled)!;

        Assert.That(read with { Spec = expected.Spec }, Is.EqualTo(expected));
        Assert.That(read.Spec.Headers, Is.EqualTo(expected.Spec.Headers));
        Assert.That(read.Spec.Tags, Is.EqualTo(expected.Spec.Tags));
        Assert.That(read.Spec with { Headers = expected.Spec.Headers, Tags = expected.Spec.Tags }, Is.EqualTo(expected.Spec));

        using var fixture = JsonDocument.Parse(Read(file));
        var written = JsonSerializer.SerializeToElement(expected, TimersJson.Default.TimerScheduled);
        Assert.That(JsonElement.DeepEquals(written, fixture.RootElement), Is.True, written.ToString);
    }

    private static string Read(string file) =>
        File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Contracts", "Fixtures", file));
}
