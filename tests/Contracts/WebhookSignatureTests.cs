using System.Security.Cryptography;
using System.Text;
using Contracts.Signing;

namespace Tests.Contracts;

/// <summary>Signatures by Standard Webhooks: made as others make them, and judged as receivers should.</summary>
public sealed class WebhookSignatureTests
{
    private const string Stamp = "1700000000";

    private static readonly DateTimeOffset Sent = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);
    private static readonly byte[] Other = RandomNumberGenerator.GetBytes(24);
    private static readonly byte[] Body = """{"order":4711,"name":"größer"}"""u8.ToArray();

    [Test]
    public void There_are_vectors() => Assert.That(SignatureVector.All, Has.Count.GreaterThanOrEqualTo(2));

    [TestCaseSource(typeof(SignatureVector), nameof(SignatureVector.All))]
    public void Vectors_are_signed_as_they_say(SignatureVector vector)
    {
        Assert.That(WebhookSecret.TryParse(vector.Secret, out var secret), Is.True);

        Assert.That(WebhookSignature.Sign([secret!], vector.Id, $"{vector.Timestamp}", vector.Bytes), Is.EqualTo(vector.Signature));
        Assert.That(
            WebhookSignature.Verify([secret!], vector.Id, $"{vector.Timestamp}", vector.Signature, vector.Bytes, vector.At),
            Is.EqualTo(SignatureVerdict.Valid));
        Assert.That(WebhookSecret.Write(secret), Is.EqualTo(vector.Secret));
    }

    [TestCaseSource(typeof(SignatureVector), nameof(SignatureVector.All))]
    public void Vectors_that_were_changed_are_refused(SignatureVector vector)
    {
        Assert.That(WebhookSecret.TryParse(vector.Secret, out var secret), Is.True);
        var signature = vector.Signature;
        var first = signature[3] == 'A' ? 'B' : 'A';
        (string Id, string Timestamp, string Signature, byte[] Body)[] changed =
        [
            (vector.Id + "x", $"{vector.Timestamp}", signature, vector.Bytes),
            (vector.Id, $"{vector.Timestamp + 1}", signature, vector.Bytes),
            (vector.Id, $"0{vector.Timestamp}", signature, vector.Bytes),
            (vector.Id, $"{vector.Timestamp}", signature, [.. vector.Bytes, (byte)' ']),
            (vector.Id, $"{vector.Timestamp}", signature, vector.Bytes[1..]),
            (vector.Id, $"{vector.Timestamp}", $"v1,{first}{signature[4..]}", vector.Bytes),
            (vector.Id, $"{vector.Timestamp}", signature[3..], vector.Bytes),
            (vector.Id, $"{vector.Timestamp}", $"v2,{signature[3..]}", vector.Bytes),
            (vector.Id, $"{vector.Timestamp}", $"v1a,{signature[3..]}", vector.Bytes),
            (vector.Id, $"{vector.Timestamp}", $"{signature}=", vector.Bytes),
            (vector.Id, $"{vector.Timestamp}", "v1,", vector.Bytes),
            (vector.Id, $"{vector.Timestamp}", signature.Replace("v1,", "v1,,", StringComparison.Ordinal), vector.Bytes),
        ];
        foreach (var each in changed)
        {
            Assert.That(
                WebhookSignature.Verify([secret!], each.Id, each.Timestamp, each.Signature, each.Body, vector.At),
                Is.EqualTo(SignatureVerdict.Wrong), $"{each}");
        }
    }

    [TestCase(-301, SignatureVerdict.TooNew)]
    [TestCase(-300, SignatureVerdict.Valid)]
    [TestCase(0, SignatureVerdict.Valid)]
    [TestCase(300, SignatureVerdict.Valid)]
    [TestCase(301, SignatureVerdict.TooOld)]
    public void Timestamps_may_be_five_minutes_off(int age, SignatureVerdict expected)
    {
        var signature = WebhookSignature.Sign([Secret], "a-1", Stamp, Body);

        Assert.That(WebhookSignature.Verify([Secret], "a-1", Stamp, signature, Body, Sent.AddSeconds(age)), Is.EqualTo(expected));
    }

    [TestCase(null, Stamp, "v1,x", SignatureVerdict.Missing)]
    [TestCase("", Stamp, "v1,x", SignatureVerdict.Missing)]
    [TestCase("a-1", null, "v1,x", SignatureVerdict.Missing)]
    [TestCase("a-1", Stamp, null, SignatureVerdict.Missing)]
    [TestCase("a-1", Stamp, "", SignatureVerdict.Missing)]
    [TestCase("a-1", "1700000000.0", "v1,x", SignatureVerdict.Malformed)]
    [TestCase("a-1", "-1700000000", "v1,x", SignatureVerdict.Malformed)]
    [TestCase("a-1", " 1700000000", "v1,x", SignatureVerdict.Malformed)]
    [TestCase("a-1", "99999999999999999999", "v1,x", SignatureVerdict.Malformed)]
    [TestCase("a-1", "9223372036854775807", "v1,x", SignatureVerdict.TooNew)]
    [TestCase("a-1", "0", "v1,x", SignatureVerdict.TooOld)]
    [TestCase("a-1", Stamp, "   ", SignatureVerdict.Wrong)]
    public void Headers_that_are_missing_or_no_such_thing_are_refused(
        string? id, string? timestamp, string? signature, SignatureVerdict expected) =>
        Assert.That(WebhookSignature.Verify([Secret], id, timestamp, signature, Body, Sent), Is.EqualTo(expected));

    [Test]
    public void While_a_secret_rotates_there_is_a_signature_of_each_and_one_that_is_known_will_do()
    {
        var both = WebhookSignature.Sign([Secret, Other], "a-1", Stamp, Body);

        Assert.That(both.Split(' '), Is.EqualTo(new[] { Sign(Secret), Sign(Other) }));
        Assert.That(Verify(both, Secret), Is.EqualTo(SignatureVerdict.Valid));
        Assert.That(Verify(both, Other), Is.EqualTo(SignatureVerdict.Valid));
        Assert.That(Verify(Sign(Other), Secret, Other), Is.EqualTo(SignatureVerdict.Valid), "a receiver that knows both");
        Assert.That(Verify(both, RandomNumberGenerator.GetBytes(24)), Is.EqualTo(SignatureVerdict.Wrong));

        static string Sign(byte[] secret) => WebhookSignature.Sign([secret], "a-1", Stamp, Body);
    }

    [Test]
    public void Among_signatures_of_other_versions_and_of_others_the_right_one_is_found()
    {
        var right = WebhookSignature.Sign([Secret], "a-1", Stamp, Body);
        var foreign = WebhookSignature.Sign([Other], "a-1", Stamp, Body);

        var asymmetric = $"v1a,{Convert.ToBase64String(new byte[64])}";

        Assert.That(Verify($"{asymmetric} {foreign} {right}", Secret), Is.EqualTo(SignatureVerdict.Valid));
        Assert.That(Verify($"v1,not-base64 v9,x  {right} v1,", Secret), Is.EqualTo(SignatureVerdict.Valid));
        Assert.That(Verify($"{foreign} v1a,{right[3..]}", Secret), Is.EqualTo(SignatureVerdict.Wrong));
        Assert.That(Verify($"{foreign},{right}", Secret), Is.EqualTo(SignatureVerdict.Wrong), "a space separates them");
    }

    /// <summary>Beyond a kibibyte the content is put together elsewhere.</summary>
    [TestCase(0)]
    [TestCase(1_007)]
    [TestCase(1_009)]
    [TestCase(1_010)]
    [TestCase(1_011)]
    [TestCase(262_144)]
    public void Bodies_of_any_length_are_signed_whole(int length)
    {
        var body = RandomNumberGenerator.GetBytes(length);
        byte[] content = [.. Encoding.UTF8.GetBytes($"a-1.{Stamp}."), .. body];
        var expected = HMACSHA256.HashData(Secret, content);

        Assert.That(
            WebhookSignature.Sign([Secret], "a-1", Stamp, body), Is.EqualTo($"v1,{Convert.ToBase64String(expected)}"));
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("""{"name":"größer","emoji":"🔔","line":"\n"}""")]
    public void The_library_that_others_use_signs_alike(string body)
    {
        for (var length = WebhookSecret.MinBytes; length <= WebhookSecret.MaxBytes; length++)
        {
            var secret = RandomNumberGenerator.GetBytes(length);
            var expected = new StandardWebhooks.StandardWebhook(WebhookSecret.Write(secret)).Sign("a-1", Sent, body);

            Assert.That(WebhookSignature.Sign([secret], "a-1", Stamp, Encoding.UTF8.GetBytes(body)), Is.EqualTo(expected));
        }
    }

    [TestCase(24, true)]
    [TestCase(25, true)]
    [TestCase(26, true)]
    [TestCase(32, true)]
    [TestCase(62, true)]
    [TestCase(63, true)]
    [TestCase(64, true)]
    [TestCase(23, false)]
    [TestCase(65, false)]
    [TestCase(66, false)]
    [TestCase(67, false)]
    [TestCase(0, false)]
    public void Secrets_have_24_to_64_bytes(int length, bool isOne)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);

        Assert.That(WebhookSecret.TryParse(WebhookSecret.Write(bytes), out var read), Is.EqualTo(isOne));
        Assert.That(read, Is.EqualTo(isOne ? bytes : null));
    }

    [TestCase("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [TestCase("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")]
    [TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS")]
    [TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_")]
    [TestCase("whsec_MfKQ9r8G KYqrTwjUPD8ILPZIo2LaLaSw")]
    [TestCase("whsec_********")]
    [TestCase("")]
    [TestCase(null)]
    public void What_is_no_secret_is_refused(string? text) => Assert.That(WebhookSecret.TryParse(text, out _), Is.False);

    [TestCase("https://hooks.example.com", "https", "hooks.example.com", 443, "https://hooks.example.com")]
    [TestCase("https://hooks.example.com:443", "https", "hooks.example.com", 443, "https://hooks.example.com")]
    [TestCase("http://HOOKS.example.com.:8080", "http", "hooks.example.com", 8080, "http://hooks.example.com:8080")]
    [TestCase("http://bücher.example", "http", "xn--bcher-kva.example", 80, "http://xn--bcher-kva.example")]
    [TestCase("http://[::1]:4000", "http", "::1", 4000, "http://[::1]:4000")]
    [TestCase("http://127.0.0.1:4000", "http", "127.0.0.1", 4000, "http://127.0.0.1:4000")]
    public void A_destination_is_scheme_host_and_port(string given, string scheme, string host, int port, string text)
    {
        Assert.That(SigningDestination.TryParse(given, out var destination), Is.True);
        Assert.That(destination, Is.EqualTo(new SigningDestination(scheme, host, port)));
        Assert.That(destination!.Value.Text, Is.EqualTo(text));
        Assert.That(SigningDestination.TryParse(text, out var again), Is.True);
        Assert.That(again, Is.EqualTo(destination));
        Assert.That(SigningDestination.Of(new Uri($"{given}/path?query#fragment")), Is.EqualTo(destination), "that of every address there");
    }

    [TestCase("hooks.example.com")]
    [TestCase("ftp://hooks.example.com")]
    [TestCase("https://hooks.example.com/")]
    [TestCase("https://hooks.example.com/path")]
    [TestCase("https://hooks.example.com?query")]
    [TestCase("https://hooks.example.com#fragment")]
    [TestCase("https://user@hooks.example.com")]
    [TestCase("https://hooks.example.com\\path")]
    [TestCase("https://hooks.example.com:99999")]
    [TestCase(" https://hooks.example.com")]
    [TestCase("https://hooks.example.com\n")]
    [TestCase("https://")]
    [TestCase("http:a")]
    [TestCase("https://.")]
    [TestCase("")]
    [TestCase(null)]
    public void What_is_no_destination_is_refused(string? text) => Assert.That(SigningDestination.TryParse(text, out _), Is.False);

    private static SignatureVerdict Verify(string signatures, params byte[][] secrets) =>
        WebhookSignature.Verify(secrets, "a-1", Stamp, signatures, Body, Sent);
}
