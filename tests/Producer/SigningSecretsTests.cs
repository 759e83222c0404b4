using System.Net.Http.Json;
using Contracts.Signing;
using Infrastructure.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Signing secrets over REST, and what webhooks carry then.</summary>
public sealed class SigningSecretsTests : RestTests
{
    private const string Secrets = "/api/v1/signing-secrets";
    private const string Given = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private static int made;

    protected override HostedStandalone CreateApp() => new(withKeys: true);

    [Test]
    public async Task One_is_made_shown_once_and_masked_from_then_on()
    {
        var (http, _, _) = await AdminAsync();
        using var client = http;
        var created = await PostAsync(client, Secrets, new { destination = "https://hooks.example.com:443" });

        var id = created["id"];
        Assert.That(created.Status, Is.EqualTo(201), created.Text);
        Assert.That(created.Header("Location"), Is.EqualTo($"{Secrets}/{id}"));
        Assert.That(WebhookSecret.TryParse(created["secret"], out var secret), Is.True);
        Assert.That(secret, Has.Length.EqualTo(32));
        Assert.That(created["destination"], Is.EqualTo("https://hooks.example.com"));

        var read = await GetAsync(client, $"{Secrets}/{id}");
        var listed = await GetAsync(client, Secrets);
        Assert.That((read.Status, read["secret"]), Is.EqualTo((200, WebhookSecret.Masked)));
        Assert.That(listed.Json.GetProperty("items").EnumerateArray().Select(each => each.GetProperty("id").GetString()),
            Is.EqualTo(new[] { id }));
        Assert.That(read.Text + listed.Text, Does.Not.Contain(created["secret"]));
    }

    [Test]
    public async Task One_can_be_given_and_another_for_the_same_destination_is_a_conflict_until_it_is_deleted()
    {
        var (http, _, _) = await AdminAsync();
        using var client = http;
        var created = await PostAsync(client, Secrets, new { secret = Given });
        Assert.That((created.Status, created["secret"]), Is.EqualTo((201, Given)), created.Text);
        Assert.That(created.Json.TryGetProperty("destination", out _), Is.False);

        var again = await PostAsync(client, Secrets, new { });
        Assert.That((again.Status, again["title"]), Is.EqualTo((409, "The destination has a signing secret.")));
        Assert.That((await PostAsync(client, Secrets, new { destination = "https://hooks.example.com" })).Status, Is.EqualTo(201));

        using var deleted = await client.DeleteAsync($"{Secrets}/{created["id"]}");
        using var deletedAgain = await client.DeleteAsync($"{Secrets}/{created["id"]}");
        Assert.That(((int)deleted.StatusCode, (int)deletedAgain.StatusCode), Is.EqualTo((204, 404)));
        Assert.That((await GetAsync(client, $"{Secrets}/{created["id"]}")).Status, Is.EqualTo(404));
        Assert.That((await PostAsync(client, $"{Secrets}/{created["id"]}/rotate", new { })).Status, Is.EqualTo(404));
        Assert.That((await PostAsync(client, Secrets, new { })).Status, Is.EqualTo(201), "anew");
    }

    [Test]
    public async Task Of_many_that_are_made_for_one_destination_at_once_one_is()
    {
        var (http, _, _) = await AdminAsync();
        using var client = http;

        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostAsync(client, Secrets, new { })));

        Assert.That(all.Count(each => each.Status == 201), Is.EqualTo(1));
        Assert.That(all.Count(each => each.Status == 409), Is.EqualTo(9));
    }

    [TestCase("""{"secret":"whsec_x"}""", "secret")]
    [TestCase("""{"secret":7}""", "secret")]
    [TestCase("""{"secret":"whsec_********"}""", "secret")]
    [TestCase("""{"destination":"https://hooks.example.com/path"}""", "destination")]
    [TestCase("""{"destination":"hooks.example.com"}""", "destination")]
    [TestCase("""{"destination":""}""", "destination")]
    [TestCase("""{"kind":"v2"}""", "kind")]
    [TestCase("""{"kind":1}""", "kind")]
    [TestCase("""{"kind":"v1a","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""", "secret")]
    [TestCase("""{"destination":"ftp://h","secret":"x","name":"y"}""", "destination", "secret", "name")]
    public async Task What_is_wrong_is_named(string body, params string[] fields) =>
        AssertWrong(await PostAsync(Secrets, body), fields);

    [TestCase("""{"overlap":"P31D"}""", "overlap")]
    [TestCase("""{"kind":"V1A"}""", "kind")]
    [TestCase("""{"overlap":"soon","secret":"x","other":1}""", "overlap", "secret", "other")]
    public async Task What_is_wrong_of_a_rotation_is_named(string body, params string[] fields) =>
        AssertWrong(await PostAsync($"{Secrets}/none/rotate", body), fields);

    [Test]
    public async Task A_wrong_secret_is_not_repeated_in_the_answer()
    {
        var answer = await PostAsync(Secrets, new { secret = "whsec_planted-secret" });

        Assert.That(answer.Status, Is.EqualTo(400));
        Assert.That(answer.Text, Does.Not.Contain("planted"));
    }

    [Test]
    public async Task Another_tenants_are_not_there_even_for_whoever_runs_the_service()
    {
        var (http, _, _) = await AdminAsync();
        using var client = http;
        var created = await PostAsync(client, Secrets, new { });
        var (other, _, _) = await AdminAsync();
        using var stranger = other;

        foreach (var caller in new[] { stranger, Http })
        {
            Assert.That((await GetAsync(caller, $"{Secrets}/{created["id"]}")).Status, Is.EqualTo(404));
            Assert.That((await PostAsync(caller, $"{Secrets}/{created["id"]}/rotate", new { })).Status, Is.EqualTo(404));
            using var deleted = await caller.DeleteAsync($"{Secrets}/{created["id"]}");
            Assert.That((int)deleted.StatusCode, Is.EqualTo(404));
            Assert.That((await GetAsync(caller, $"{Secrets}?limit=1000")).Text, Does.Not.Contain(created["id"]));
        }

        Assert.That((await GetAsync(client, $"{Secrets}/{created["id"]}")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Only_administrators_manage_them()
    {
        var (http, _, _) = await App.CreateKeyAsync(Http, new { name = "all", scopes = new[] { "read", "write", "control", "metrics" } });
        using var client = http;

        Assert.That((await GetAsync(client, Secrets)).Status, Is.EqualTo(403));
        Assert.That((await PostAsync(client, Secrets, new { })).Status, Is.EqualTo(403));
    }

    [Test]
    public async Task They_are_listed_page_by_page()
    {
        var (http, _, _) = await AdminAsync();
        using var client = http;
        for (var i = 0; i < 5; i++)
        {
            await PostAsync(client, Secrets, new { destination = $"https://hooks{i}.example.com" });
        }

        var ids = new List<string?>();
        var next = (string?)string.Empty;
        while (next is not null)
        {
            var page = (await GetAsync(client, $"{Secrets}?limit=2{next}")).Json;
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(each => each.GetProperty("id").GetString()));
            next = page.TryGetProperty("next", out var cursor) ? $"&cursor={cursor.GetString()}" : null;
        }

        Assert.That(ids, Has.Count.EqualTo(5).And.Unique.And.Ordered);
        AssertWrong(await GetAsync($"{Secrets}?limit=0&cursor=x"), "limit", "cursor");
    }

    [Test]
    public async Task What_was_done_is_in_the_audit_and_no_secret()
    {
        var (http, key, _) = await AdminAsync();
        using var client = http;
        var created = await PostAsync(client, Secrets, new { });
        var rotated = await PostAsync(client, $"{Secrets}/{created["id"]}/rotate", new { });
        using var deleted = await client.DeleteAsync($"{Secrets}/{created["id"]}");

        var audit = await GetAsync(client, $"/api/v1/audit?key={key}");
        var entries = audit.Json.GetProperty("items").EnumerateArray().ToList();
        Assert.That(
            entries.Select(entry => (entry.GetProperty("action").GetString(), entry.GetProperty("outcome").GetInt32())),
            Is.EqualTo(new[] { ("deleteSigningSecret", 204), ("rotateSigningSecret", 200), ("createSigningSecret", 201) }));
        Assert.That(entries[1].GetProperty("before").GetString(), Is.EqualTo(entries[2].GetProperty("after").GetString()));
        Assert.That(entries[1].GetProperty("after").GetString(), Is.Not.EqualTo(entries[1].GetProperty("before").GetString()));
        foreach (var answer in new[] { created, rotated })
        {
            Assert.That(audit.Text, Does.Not.Contain(answer["secret"]).And.Not.Contain(answer["secret"]["whsec_".Length..]));
        }
    }

    [Test]
    public async Task Webhooks_are_signed_from_the_answer_on_with_both_while_it_rotates_and_not_at_all_once_it_is_deleted()
    {
        var (http, _, _) = await AdminAsync();
        using var client = http;
        await using var receiver = await Receiver.StartAsync();
        await using var elsewhere = await Receiver.StartAsync();

        var unsigned = await FireAsync(client, receiver);
        Assert.That(unsigned.Headers, Does.Not.ContainKey("webhook-signature"));

        var all = await PostAsync(client, Secrets, new { });
        Assert.That(Verify(await FireAsync(client, receiver), all["secret"]), Is.EqualTo(SignatureVerdict.Valid));

        var own = await PostAsync(client, Secrets, new { destination = receiver.Url.GetLeftPart(UriPartial.Authority) });
        Assert.That(Verify(await FireAsync(client, receiver), own["secret"]), Is.EqualTo(SignatureVerdict.Valid));
        Assert.That(Verify(await FireAsync(client, elsewhere), all["secret"]), Is.EqualTo(SignatureVerdict.Valid));

        var rotated = await PostAsync(client, $"{Secrets}/{own["id"]}/rotate", new { });
        Assert.That(InstantOf(rotated, "previousUntil") - InstantOf(rotated, "rotatedAt"), Is.EqualTo(TimeSpan.FromHours(24)));
        var both = await FireAsync(client, receiver);
        Assert.That(
            (Verify(both, own["secret"]), Verify(both, rotated["secret"])),
            Is.EqualTo((SignatureVerdict.Valid, SignatureVerdict.Valid)));

        var last = await PostAsync(client, $"{Secrets}/{own["id"]}/rotate", new { overlap = "PT0S", secret = Given });
        Assert.That(last["secret"], Is.EqualTo(Given));
        var one = await FireAsync(client, receiver);
        Assert.That(
            (Verify(one, rotated["secret"]), Verify(one, Given)), Is.EqualTo((SignatureVerdict.Wrong, SignatureVerdict.Valid)));

        using var deleted = await client.DeleteAsync($"{Secrets}/{own["id"]}");
        Assert.That(Verify(await FireAsync(client, receiver), all["secret"]), Is.EqualTo(SignatureVerdict.Valid), "the default again");
        using var deletedAll = await client.DeleteAsync($"{Secrets}/{all["id"]}");
        Assert.That((await FireAsync(client, receiver)).Headers, Does.Not.ContainKey("webhook-signature"));
    }

    [Test]
    public async Task A_timer_cannot_bring_a_signature_of_its_own()
    {
        foreach (var name in new[] { "webhook-signature", "Webhook_Signature", "webhook-id" })
        {
            var answer = await PostAsync(
                Timers, new { url = Target, delay = "PT1H", headers = new Dictionary<string, string> { [name] = "v1,x" } });
            answer.AssertWrong($"headers.{name}");
        }
    }

    [Test]
    public async Task Where_several_processes_share_a_store_and_none_has_a_key_none_is_made()
    {
        await using var app = new HostedStandalone(
            services => services.AddSingleton<ISecretBox>(new SecretBox(Options.Create(new SecretOptions()), folder: null)));
        using var client = app.CreateClient();

        var answer = await PostAsync(client, Secrets, new { });

        Assert.That(answer.Status, Is.EqualTo(409));
        Assert.That(answer["detail"], Does.Contain("Secrets__Key").And.Contain("timers secrets generate-key"));
        Assert.That((await GetAsync(client, Secrets)).Json.GetProperty("items").GetArrayLength(), Is.Zero);
    }

    private static void AssertWrong(Answer answer, params string[] fields)
    {
        answer.AssertProblem(400);
        Assert.That(answer.WrongFields, Is.EquivalentTo(fields), answer.Text);
    }

    /// <summary>An administrator of a tenant of its own.</summary>
    private Task<(HttpClient Http, string Id, string Text)> AdminAsync() => App.CreateKeyAsync(
        Http, new { name = "admin", scopes = new[] { "admin" }, tenant = $"signing-{Interlocked.Increment(ref made)}" });

    private static async Task<Answer> PostAsync(HttpClient client, string path, object body) =>
        await Answer.ReadAsync(await client.PostAsJsonAsync(path, body));

    private static async Task<Answer> GetAsync(HttpClient client, string path) => await Answer.ReadAsync(await client.GetAsync(path));

    private static DateTimeOffset InstantOf(Answer answer, string field) => answer.Json.GetProperty(field).GetDateTimeOffset();

    private static async Task<Arrival> FireAsync(HttpClient client, Receiver receiver)
    {
        var id = await client.CreateAsync(new { url = receiver.At("/hook"), delay = "PT0S", body = new { name = "größer" } });
        await Eventually.That(() => receiver.Journal.Any(each => each.TimerId == id), MaxWait, "it arrives");
        return receiver.Journal.Single(each => each.TimerId == id);
    }

    private static SignatureVerdict Verify(Arrival arrival, string text)
    {
        Assert.That(WebhookSecret.TryParse(text, out var secret), Is.True);
        var verdict = WebhookSignature.Verify(
            [secret!], arrival.Headers["webhook-id"], arrival.Headers["webhook-timestamp"],
            arrival.Headers.GetValueOrDefault("webhook-signature"), System.Text.Encoding.UTF8.GetBytes(arrival.Body), arrival.At);

        // The library that others verify with never compares the last of several, so it gets one at a time.
        Assert.That(
            arrival.Headers["webhook-signature"].Split(' ').Any(one => IsRightByReference(arrival, one, text)),
            Is.EqualTo(verdict == SignatureVerdict.Valid));
        return verdict;
    }

    private static bool IsRightByReference(Arrival arrival, string signature, string secret)
    {
        var headers = new HeaderDictionary(arrival.Headers.ToDictionary(header => header.Key, header => new StringValues(header.Value)))
        {
            ["webhook-signature"] = signature,
        };
        try
        {
            new StandardWebhook(secret).Verify(arrival.Body, headers);
            return true;
        }
        catch (WebhookVerificationException)
        {
            return false;
        }
    }
}
