using System.Security.Cryptography.X509Certificates;
using Contracts.Timers;
using Infrastructure.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Runner.Timers.Delivery;
using Runner.Timers.Profiles;
using Runner.Timers.Receivers;
using Tests.Support;

namespace Tests.Runner;

/// <summary>Receivers that want something of whoever calls them: private roots, client certificates, access tokens.</summary>
public sealed class ReceiverProfilesTests
{
    private readonly FakeTimeProvider clock = Clocks.AtNoon();
    private TemporaryFolder folder = null!;
    private TestAuthority authority = null!;
    private X509Certificate2 server = null!;

    [SetUp]
    public void Open()
    {
        folder = new TemporaryFolder();
        authority = new TestAuthority();
        server = authority.IssueServer();
    }

    [TearDown]
    public void Close()
    {
        server.Dispose();
        authority.Dispose();
        folder.Dispose();
    }

    [Test]
    public async Task A_private_root_is_trusted_for_its_destination_and_nowhere_else()
    {
        await using var known = await Receiver.StartAsync(tls: https => https.ServerCertificate = server);
        await using var other = await Receiver.StartAsync(tls: https => https.ServerCertificate = server);
        authority.WriteRoots(folder);
        using var exchange = Exchange($$"""{ "destination": "{{At(known)}}", "roots": "roots.pem" }""");

        Assert.That((await SendAsync(exchange, known)).Status, Is.EqualTo(200));
        var refused = await SendAsync(exchange, other);
        Assert.That(refused.Error, Does.StartWith("no secure connection"));
        Assert.That((await SendAsync(exchange, known, tenant: "acme")).Error, Does.StartWith("no secure connection"), "another tenant's");
        Assert.That(other.Count, Is.Zero);
    }

    [Test]
    public async Task With_roots_of_its_own_others_are_not_trusted()
    {
        using var foreign = new TestAuthority();
        foreign.WriteRoots(folder);
        await using var receiver = await Receiver.StartAsync(tls: https => https.ServerCertificate = server);
        using var exchange = Exchange($$"""{ "destination": "{{At(receiver)}}", "roots": "roots.pem" }""");

        Assert.That((await SendAsync(exchange, receiver)).Error, Does.StartWith("no secure connection"));
        Assert.That(receiver.Count, Is.Zero);
    }

    [Test]
    public async Task A_receiver_that_wants_a_certificate_is_shown_that_of_the_tenant()
    {
        var shown = new List<string?>();
        await using var receiver = await Receiver.StartAsync(
            context =>
            {
                shown.Add(context.Connection.ClientCertificate?.Subject);
                return Task.CompletedTask;
            },
            https =>
            {
                https.ServerCertificate = server;
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.ClientCertificateValidation = (certificate, _, _) => certificate.Issuer == authority.Certificate.Subject;
            });
        authority.WriteRoots(folder);
        authority.WriteClient(folder, "one");
        authority.WriteClient(folder, "two");
        using var exchange = Exchange(
            $$"""{ "destination": "{{At(receiver)}}", "roots": "roots.pem", "certificate": "one.pem", "key": "one.key" }""",
            $$"""
            { "tenant": "acme", "destination": "{{At(receiver)}}", "roots": "roots.pem", "certificate": "two.pem", "key": "two.key" }
            """,
            $$"""{ "tenant": "none", "destination": "{{At(receiver)}}", "roots": "roots.pem" }""");

        Assert.That((await SendAsync(exchange, receiver)).Status, Is.EqualTo(200));
        Assert.That((await SendAsync(exchange, receiver, tenant: "acme")).Status, Is.EqualTo(200));
        Assert.That((await SendAsync(exchange, receiver)).Status, Is.EqualTo(200));
        Assert.That((await SendAsync(exchange, receiver, tenant: "none")).Status, Is.Null);

        Assert.That(shown, Is.EqualTo(new[] { "CN=one", "CN=two", "CN=one" }), "no connection is shared");
    }

    [Test]
    public async Task A_token_is_asked_for_once_and_sent_with_every_webhook_until_it_expires()
    {
        await using var endpoint = await TokenEndpointAsync(expires: 100);
        await using var receiver = await Receiver.StartAsync();
        using var exchange = Exchange(Tokens(receiver, endpoint, ", \"scope\": \"hooks:write x\", \"audience\": \"bank\""));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync(exchange, receiver)));
        Assert.That(endpoint.Count, Is.EqualTo(1));
        Assert.That(receiver.Journal.Select(each => each.Headers["Authorization"]), Is.All.EqualTo("Bearer token-number-1"));
        var asked = endpoint.Journal[0];
        Assert.That(asked.Body, Is.EqualTo("grant_type=client_credentials&scope=hooks%3Awrite+x&audience=bank"));
        Assert.That(asked.Headers["Authorization"], Is.EqualTo(
            $"Basic {Convert.ToBase64String("the%20client:s%3Aecret%2F"u8.ToArray())}"), "both are encoded (RFC 6749 §2.3.1)");
        Assert.That(asked.Headers.Keys, Does.Not.Contain("webhook-id"));

        // A tenth before its end.
        clock.Advance(TimeSpan.FromSeconds(89));
        await SendAsync(exchange, receiver);
        Assert.That(endpoint.Count, Is.EqualTo(1));
        clock.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(exchange, receiver);
        Assert.That((endpoint.Count, receiver.Journal[^1].Headers["Authorization"]), Is.EqualTo((2, "Bearer token-number-2")));
        Assert.That((await SendAsync(exchange, receiver, tenant: "acme")).Status, Is.EqualTo(200));
        Assert.That(receiver.Journal[^1].Headers, Does.Not.ContainKey("Authorization"), "another tenant's");
    }

    [Test]
    public async Task A_token_that_the_receiver_refuses_is_not_used_again_and_a_timers_own_goes_before_it()
    {
        await using var endpoint = await TokenEndpointAsync(expires: 3600);
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer token-number-1" ? 401 : 200;
            return Task.CompletedTask;
        });
        using var exchange = Exchange(Tokens(receiver, endpoint));

        Assert.That((await SendAsync(exchange, receiver)).Error, Is.EqualTo("answered 401"));
        Assert.That((await SendAsync(exchange, receiver)).Status, Is.EqualTo(200));
        await SendAsync(exchange, receiver, headers: new() { ["authorization"] = "Basic own" });

        Assert.That(receiver.Journal[^1].Headers["Authorization"], Is.EqualTo("Basic own"));
        Assert.That(endpoint.Count, Is.EqualTo(2));
    }

    [Test]
    public async Task A_token_that_is_repeated_in_the_answer_is_not_kept()
    {
        await using var endpoint = await TokenEndpointAsync(expires: 3600);
        await using var receiver = await Receiver.StartAsync(
            context => context.Response.WriteAsync($"you sent {context.Request.Headers.Authorization}"));
        using var exchange = Exchange(Tokens(receiver, endpoint));

        var result = await SendAsync(exchange, receiver);

        Assert.That(System.Text.Encoding.UTF8.GetString(result.Response.Span), Is.EqualTo("you sent Bearer ********"));
    }

    [TestCase(401, """{"error":"invalid_client"}""", "no access token: the token endpoint answered 401")]
    [TestCase(200, "welcome", "no access token: what the token endpoint answered is no token")]
    [TestCase(200, "[]", "no access token: what the token endpoint answered is no token")]
    [TestCase(200, "{}", "no access token: what the token endpoint answered is no bearer token")]
    [TestCase(200, """{"access_token":"a b"}""", "no access token: what the token endpoint answered is no bearer token")]
    [TestCase(200, """{"access_token":"x","token_type":"mac"}""", "no access token: what the token endpoint answered is no bearer token")]
    public async Task Without_a_token_nothing_is_sent_and_the_attempt_says_why(int status, string answer, string error)
    {
        await using var endpoint = await Receiver.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(answer);
        });
        await using var receiver = await Receiver.StartAsync();
        using var exchange = Exchange(Tokens(receiver, endpoint));

        var results = new[] { await SendAsync(exchange, receiver), await SendAsync(exchange, receiver) };

        Assert.That(results.Select(each => (each.Error, each.CertainlyUnsent, each.Status)), Is.All.EqualTo((error, true, (int?)null)));
        Assert.That((receiver.Count, endpoint.Count), Is.EqualTo((0, 1)), "the second does not ask at once again");
        clock.Advance(TimeSpan.FromSeconds(6));
        await SendAsync(exchange, receiver);
        Assert.That(endpoint.Count, Is.EqualTo(2));
    }

    [Test]
    public async Task The_secret_may_be_in_a_file_and_in_the_form_and_what_changes_is_read_again()
    {
        File.WriteAllText(folder.File("secret"), "from-a-file\n");
        await using var endpoint = await TokenEndpointAsync(expires: 3600);
        await using var receiver = await Receiver.StartAsync();
        using var exchange = Exchange($$"""
            { "destination": "{{At(receiver)}}", "oauth2": { "tokenUrl": "{{endpoint.At("/token")}}", "clientId": "c",
              "clientSecretFile": "secret", "clientAuthentication": "post" } }
            """);
        await SendAsync(exchange, receiver);
        Assert.That(endpoint.Journal[0].Body, Is.EqualTo("grant_type=client_credentials&client_id=c&client_secret=from-a-file"));

        File.WriteAllText(folder.File("secret"), "another");
        File.SetLastWriteTimeUtc(folder.File("secret"), Clocks.Noon.UtcDateTime);
        clock.Advance(TimeSpan.FromSeconds(6));
        await SendAsync(exchange, receiver);
        Assert.That(endpoint.Journal[^1].Body, Does.EndWith("client_secret=another"));

        // What cannot be used changes nothing.
        File.WriteAllText(folder.File("receivers.json"), "{");
        File.SetLastWriteTimeUtc(folder.File("receivers.json"), Clocks.Noon.UtcDateTime);
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.That((await SendAsync(exchange, receiver)).Status, Is.EqualTo(200));
        Assert.That(receiver.Journal[^1].Headers["Authorization"], Is.EqualTo("Bearer token-number-2"));
    }

    [TestCase("[]", "must be an object with one field, receivers, which is an array")]
    [TestCase("{\n\n\"planted\"", "is not JSON (line 3)")]
    [TestCase("""{"receivers":[7]}""", "receivers[0]: must be an object")]
    [TestCase("""{"receivers":[{"destination":"https://a.example/x","root":1,"tenant":"A B"}]}""",
        "receivers[0].root: is not a known field; known are tenant, destination, roots, certificate, key, oauth2",
        "receivers[0].tenant: is no tenant's name",
        "receivers[0].destination: must be scheme, host and port, such as https://hooks.example.com, without a path")]
    [TestCase("""{"receivers":[{"destination":"http://a.example","roots":"none.pem","key":"k"}]}""",
        "receivers[0].key: needs a certificate", "receivers[0].destination: must be https, as roots and certificates belong to TLS",
        "http://a.example: Could not find file")]
    [TestCase("""{"receivers":[{"destination":"https://a.example"},{"destination":"https://a.example:443"}]}""",
        "receivers[1]: there is another one of the same tenant and destination")]
    [TestCase("""{"receivers":[{"destination":"http://a.example","oauth2":{"tokenUrl":"http://b.example","clientId":""}}]}""",
        "receivers[0].oauth2.tokenUrl: must be https, or loopback", "receivers[0].oauth2.clientId: is required",
        "receivers[0].oauth2: needs clientSecret or clientSecretFile", "receivers[0].destination: must be https, or loopback")]
    [TestCase("""{"receivers":[{"destination":"https://a.example","certificate":"receivers.json"}]}""", "https://a.example: ")]
    public void What_is_wrong_with_the_file_stops_the_start_and_is_named_at_once(string content, params string[] faults)
    {
        File.WriteAllText(folder.File("receivers.json"), content);

        var result = new ReceiverOptionsValidator().Validate(null, new ReceiverOptions { File = folder.File("receivers.json") });

        Assert.That(result.Failed, Is.True);
        Assert.That(result.Failures!.Count(), Is.EqualTo(faults.Length), result.FailureMessage);
        Assert.That(result.FailureMessage, Does.Not.Contain("planted").And.Not.Contain("   at "));
        foreach (var fault in faults)
        {
            Assert.That(result.Failures, Has.Some.Contains(fault));
        }
    }

    [Test]
    public void A_file_that_is_not_there_stops_the_start() => Assert.That(
        new ReceiverOptionsValidator().Validate(null, new ReceiverOptions { File = folder.File("none.json") }).FailureMessage,
        Does.StartWith("Receivers:File").And.Contains("cannot be read"));

    private static string At(Receiver receiver) => receiver.Url.GetLeftPart(UriPartial.Authority);

    private static string Tokens(Receiver receiver, Receiver endpoint, string more = "") => $$"""
        { "destination": "{{At(receiver)}}",
          "oauth2": { "tokenUrl": "{{endpoint.At("/token")}}", "clientId": "the client", "clientSecret": "s:ecret/"{{more}} } }
        """;

    private static Task<Receiver> TokenEndpointAsync(int expires)
    {
        var made = 0;
        return Receiver.StartAsync(context => context.Response.WriteAsJsonAsync(
            new { access_token = $"token-number-{Interlocked.Increment(ref made)}", token_type = "Bearer", expires_in = expires }));
    }

    private WebhookExchange Exchange(params string[] receivers)
    {
        File.WriteAllText(folder.File("receivers.json"), $$"""{ "receivers": [{{string.Join(',', receivers)}}] }""");
        var options = new ReceiverOptions { File = folder.File("receivers.json") };
        Assert.That(new ReceiverOptionsValidator().Validate(null, options).FailureMessage, Is.Null);
        var connections = new ReceiverConnections(new HostLookups(TimeProvider.System), limit: 100);
        return new WebhookExchange(
            new WallClock(clock), new RunnerParts.SwitchedLease(), connections,
            profiles: new ReceiverProfiles(Options.Create(options), connections, clock, NullLogger<ReceiverProfiles>.Instance));
    }

    private static Task<Exchange> SendAsync(
        WebhookExchange exchange, Receiver receiver, string tenant = "default", Dictionary<string, string>? headers = null) =>
        exchange.RunAsync(
            RunnerParts.Claimed(Clocks.Noon, new TimerSpec { Url = receiver.At("/hook"), Headers = headers }) with { Tenant = tenant },
            default);
}
