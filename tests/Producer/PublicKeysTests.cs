using System.Net.Http.Json;
using System.Text;
using Contracts.Signing;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Signing secrets of kind v1a over REST, and what webhooks carry then, judged by another implementation.</summary>
public sealed class PublicKeysTests : RestTests
{
    private const string Secrets = "/api/v1/signing-secrets";

    /// <summary>Node.js' own Ed25519 (OpenSSL's), to which a raw key is given with the head that RFC 8410 puts before it.</summary>
    private const string Node = """
        const { createPublicKey, verify } = require("node:crypto");
        const [key, content, signature] = process.argv.slice(1).map(text => Buffer.from(text, "base64"));
        const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]);
        console.log(verify(null, content, createPublicKey({ key: spki, format: "der", type: "spki" }), signature));
        """;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private static int made;

    protected override HostedStandalone CreateApp() => new(withKeys: true);

    [Test]
    public async Task A_pair_is_made_whose_public_key_is_shown_always_and_whose_private_key_never()
    {
        using var client = await AdminAsync();
        var created = await PostAsync(client, Secrets, new { destination = "https://bank.example.com", kind = "v1a" });

        Assert.That((created.Status, created["kind"]), Is.EqualTo((201, "v1a")), created.Text);
        Assert.That(WebhookPublicKey.TryParse(created["publicKey"], out _), Is.True);
        Assert.That(created.Json.TryGetProperty("secret", out _), Is.False);

        var read = await GetAsync(client, $"{Secrets}/{created["id"]}");
        Assert.That(read.Text, Is.EqualTo(created.Text));
        var listed = await GetAsync(client, Secrets);
        Assert.That(listed.Json.GetProperty("items")[0].GetProperty("publicKey").GetString(), Is.EqualTo(created["publicKey"]));
    }

    [Test]
    public async Task Public_keys_are_read_by_whoever_may_read_anything_of_the_tenant()
    {
        var tenant = NewTenant();
        using var admin = await KeyAsync(tenant, "admin");
        using var reader = await KeyAsync(tenant, "devices:read");
        using var writer = await KeyAsync(tenant, "write");
        using var stranger = await KeyAsync(NewTenant(), "read");
        var created = await PostAsync(admin, Secrets, new { kind = "v1a" });
        var path = $"{Secrets}/{created["id"]}/public-keys";

        var found = await GetAsync(reader, path);
        Assert.That(found.Status, Is.EqualTo(200), found.Text);
        Assert.That(KeysOf(found), Is.EqualTo(new[] { created["publicKey"] }));
        Assert.That((await GetAsync(writer, path)).Status, Is.EqualTo(403));
        Assert.That((await GetAsync(stranger, path)).Status, Is.EqualTo(404));
        Assert.That((await GetAsync(reader, Secrets)).Status, Is.EqualTo(403), "all else is for administrators");

        var rotated = await PostAsync(admin, $"{Secrets}/{created["id"]}/rotate", new { });
        Assert.That((rotated["kind"], rotated["previousPublicKey"]), Is.EqualTo(("v1a", created["publicKey"])));
        Assert.That(KeysOf(await GetAsync(reader, path)), Is.EqualTo(new[] { rotated["publicKey"], created["publicKey"] }));

        var v1 = await PostAsync(admin, $"{Secrets}/{created["id"]}/rotate", new { kind = "v1", overlap = "PT0S" });
        Assert.That((v1["kind"], WebhookSecret.TryParse(v1["secret"], out _)), Is.EqualTo(("v1", true)));
        Assert.That(KeysOf(await GetAsync(reader, path)), Is.Empty);
    }

    [Test]
    public async Task A_secret_cannot_be_given_where_keys_are_made()
    {
        using var client = await AdminAsync();
        var created = await PostAsync(client, Secrets, new { kind = "v1a" });

        (await PostAsync(client, $"{Secrets}/{created["id"]}/rotate", new { secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }))
            .AssertWrong("secret");
        var changed = await PostAsync(
            client, $"{Secrets}/{created["id"]}/rotate", new { kind = "v1", secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
        Assert.That((changed.Status, changed["previousPublicKey"]), Is.EqualTo((200, created["publicKey"])), changed.Text);
    }

    [Test]
    public async Task Webhooks_are_signed_with_the_private_key_and_with_what_was_before_while_it_rotates()
    {
        if (!Tools.Exists("node"))
        {
            Tools.Missing("node");
        }

        using var client = await AdminAsync();
        await using var receiver = await Receiver.StartAsync();
        var secret = await PostAsync(client, Secrets, new { });
        var first = await PostAsync(client, $"{Secrets}/{secret["id"]}/rotate", new { kind = "v1a" });
        var mixed = await FireAsync(client, receiver);
        Assert.That(WebhookSecret.TryParse(secret["secret"], out var bytes), Is.True);
        Assert.That(SignaturesOf(mixed).Select(each => each[..4]), Is.EqualTo(new[] { "v1a,", "v1," + SignaturesOf(mixed)[1][3] }));
        Assert.That(IsRightByNode(mixed, 0, first["publicKey"]), Is.True);
        Assert.That(
            WebhookSignature.Verify(
                [new HmacSecret(bytes!)], mixed.Headers["webhook-id"], mixed.Headers["webhook-timestamp"],
                mixed.Headers["webhook-signature"], Encoding.UTF8.GetBytes(mixed.Body), mixed.At),
            Is.EqualTo(SignatureVerdict.Valid));

        var second = await PostAsync(client, $"{Secrets}/{secret["id"]}/rotate", new { });
        var both = await FireAsync(client, receiver);
        Assert.That(SignaturesOf(both), Has.Length.EqualTo(2));
        Assert.That(IsRightByNode(both, 0, second["publicKey"]), Is.True);
        Assert.That(IsRightByNode(both, 1, first["publicKey"]), Is.True);
        Assert.That(IsRightByNode(both, 0, first["publicKey"]), Is.False);
        Assert.That(IsRightByNode(both with { Body = both.Body + " " }, 0, second["publicKey"]), Is.False);
    }

    private static string NewTenant() => $"pairs-{Interlocked.Increment(ref made)}";

    private Task<HttpClient> AdminAsync() => KeyAsync(NewTenant(), "admin");

    private async Task<HttpClient> KeyAsync(string tenant, string scope) =>
        (await App.CreateKeyAsync(Http, new { name = scope, scopes = new[] { scope }, tenant })).Item1;

    private static async Task<Answer> PostAsync(HttpClient client, string path, object body) =>
        await Answer.ReadAsync(await client.PostAsJsonAsync(path, body));

    private static async Task<Answer> GetAsync(HttpClient client, string path) => await Answer.ReadAsync(await client.GetAsync(path));

    private static IEnumerable<string?> KeysOf(Answer answer) =>
        answer.Json.GetProperty("keys").EnumerateArray().Select(key => key.GetString());

    private static async Task<Arrival> FireAsync(HttpClient client, Receiver receiver)
    {
        var id = await client.CreateAsync(new { url = receiver.At("/hook"), delay = "PT0S", body = new { name = "größer" } });
        await Eventually.That(() => receiver.Journal.Any(each => each.TimerId == id), MaxWait, "it arrives");
        return receiver.Journal.Single(each => each.TimerId == id);
    }

    private static string[] SignaturesOf(Arrival arrival) => arrival.Headers["webhook-signature"].Split(' ');

    private static bool IsRightByNode(Arrival arrival, int index, string publicKey)
    {
        var content = $"{arrival.Headers["webhook-id"]}.{arrival.Headers["webhook-timestamp"]}.{arrival.Body}";
        var (code, output) = Tools.Run(
            "node", "-e", Node, "--", publicKey[WebhookPublicKey.Prefix.Length..], Convert.ToBase64String(Encoding.UTF8.GetBytes(content)),
            SignaturesOf(arrival)[index]["v1a,".Length..]);
        Assert.That(code, Is.Zero, output);
        return bool.Parse(output.Trim());
    }
}
