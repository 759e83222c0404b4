using System.Security.Cryptography;
using System.Text;
using Contracts.Signing;
using Infrastructure.Signing;

namespace Tests.Infrastructure;

/// <summary>Signatures of kind v1a: by the vectors of RFC 8032, and judged as receivers should.</summary>
public sealed class Ed25519Tests
{
    private const string Stamp = "1700000000";

    private static readonly DateTimeOffset Sent = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly byte[] Body = """{"order":4711,"name":"größer"}"""u8.ToArray();

    private readonly Ed25519Signer signer = new(RandomNumberGenerator.GetBytes(32));
    private readonly Ed25519Signer other = new(RandomNumberGenerator.GetBytes(32));

    /// <summary>RFC 8032 §7.1, tests 1 and 2.</summary>
    [TestCase(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [TestCase(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    public void Vectors_are_signed_as_they_say(string seed, string publicKey, string message, string signature)
    {
        var key = new Ed25519Signer(Convert.FromHexString(seed));
        var content = Convert.FromHexString(message);
        var expected = $"v1a,{Convert.ToBase64String(Convert.FromHexString(signature))}";

        Assert.That(Convert.ToHexStringLower(key.PublicKey), Is.EqualTo(publicKey));
        Assert.That(key.Sign(content), Is.EqualTo(expected));
        Assert.That(Ed25519Verifier.Of(Convert.FromHexString(publicKey))!.IsRight(expected, content), Is.True);
    }

    [Test]
    public void A_webhook_is_signed_over_id_timestamp_and_body_and_what_was_changed_is_refused()
    {
        var header = WebhookSignature.Sign([signer], "a-1", Stamp, Body);

        Assert.That(header, Does.Match("^v1a,[A-Za-z0-9+/]{86}==$"));
        Assert.That(header, Is.EqualTo(signer.Sign([.. Encoding.UTF8.GetBytes($"a-1.{Stamp}."), .. Body])));
        Assert.Multiple(() =>
        {
            Assert.That(Verify(header), Is.EqualTo(SignatureVerdict.Valid));
            Assert.That(Verify(header, id: "a-2"), Is.EqualTo(SignatureVerdict.Wrong));
            Assert.That(Verify(header, stamp: "1700000001"), Is.EqualTo(SignatureVerdict.Wrong));
            Assert.That(Verify(header, body: [.. Body, 32]), Is.EqualTo(SignatureVerdict.Wrong));
            Assert.That(Verify(header, key: other), Is.EqualTo(SignatureVerdict.Wrong));
            Assert.That(Verify(header, now: Sent.AddSeconds(301)), Is.EqualTo(SignatureVerdict.TooOld));
            Assert.That(Verify(header, now: Sent.AddSeconds(-301)), Is.EqualTo(SignatureVerdict.TooNew));
            Assert.That(Verify($"v1,{header[4..]}"), Is.EqualTo(SignatureVerdict.Wrong));
            Assert.That(Verify(header[4..]), Is.EqualTo(SignatureVerdict.Wrong));
            Assert.That(Verify($"{header}="), Is.EqualTo(SignatureVerdict.Wrong));
            Assert.That(Verify("v1a,"), Is.EqualTo(SignatureVerdict.Wrong));
            Assert.That(Verify($"v1a,{new string('*', 88)}"), Is.EqualTo(SignatureVerdict.Wrong));
            Assert.That(Verify($"v1a,{Convert.ToBase64String(new byte[64])}"), Is.EqualTo(SignatureVerdict.Wrong));
        });
    }

    [Test]
    public void While_a_secret_becomes_a_pair_of_keys_both_sign_and_one_that_is_known_will_do()
    {
        var secret = new HmacSecret(RandomNumberGenerator.GetBytes(32));
        var both = WebhookSignature.Sign([signer, secret], "a-1", Stamp, Body);

        Assert.That(both.Split(' ').Select(each => each.Split(',')[0]), Is.EqualTo(new[] { "v1a", "v1" }));
        Assert.That(Verify(both), Is.EqualTo(SignatureVerdict.Valid));
        Assert.That(WebhookSignature.Verify([secret], "a-1", Stamp, both, Body, Sent), Is.EqualTo(SignatureVerdict.Valid));
        Assert.That(Verify(both, key: other), Is.EqualTo(SignatureVerdict.Wrong));
    }

    [Test]
    public void A_key_signs_on_many_threads_at_once()
    {
        var content = RandomNumberGenerator.GetBytes(2_000);
        var expected = signer.Sign(content);

        var signatures = new string[64];
        Parallel.For(0, signatures.Length, i => signatures[i] = signer.Sign(content));

        Assert.That(signatures, Is.All.EqualTo(expected));
    }

    [Test]
    public void A_public_key_is_read_as_it_is_written()
    {
        var text = WebhookPublicKey.Write(signer.PublicKey);

        Assert.That(text, Does.Match("^whpk_[A-Za-z0-9+/]{43}=$"));
        Assert.That(WebhookPublicKey.TryParse(text, out var key), Is.True);
        Assert.That(key, Is.EqualTo(signer.PublicKey));
    }

    [TestCase("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")]
    [TestCase("whsk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")]
    [TestCase("whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUR")]
    [TestCase("whpk_11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=")]
    [TestCase("whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n")]
    [TestCase("whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUQ==")]
    [TestCase("")]
    [TestCase(null)]
    public void What_is_no_public_key_is_refused(string? text) => Assert.That(WebhookPublicKey.TryParse(text, out _), Is.False);

    private SignatureVerdict Verify(
        string header, Ed25519Signer? key = null, string id = "a-1", string stamp = Stamp, byte[]? body = null,
        DateTimeOffset? now = null) =>
        WebhookSignature.Verify(
            [Ed25519Verifier.Of((key ?? signer).PublicKey)!], id, stamp, header, body ?? Body, now ?? Sent);
}
