using System.Net.Http.Json;
using Contracts.Access;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Authorization;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Who may call, once there are keys.</summary>
public sealed class KeysTests : RestTests
{
    private const string Keys = "/api/v1/keys";
    private HttpClient stranger = null!;
    private IReadOnlyList<Route> routes = null!;

    private IEnumerable<Route> Closed => routes.Where(route => route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
        && route.Path != "/metrics" && !route.Path.EndsWith("/stream", StringComparison.Ordinal));

    protected override HostedStandalone CreateApp() => new(withKeys: true);

    [OneTimeSetUp]
    public void ReadRoutes()
    {
        stranger = App.CreateClient();
        routes = Route.All(App.Services);
    }

    [OneTimeTearDown]
    public void Leave() => stranger.Dispose();

    [Test]
    public async Task Without_a_key_every_route_says_that_it_needs_one_in_its_own_shape()
    {
        Assert.That(Closed.Count(), Is.GreaterThan(50), "they are found");
        foreach (var route in Closed)
        {
            using var answer = await SendAsync(stranger, route);
            Assert.That((int)answer.StatusCode, Is.EqualTo(401), $"{route}");
            Assert.That(answer.Headers.WwwAuthenticate.ToString(), Does.StartWith("Bearer realm="), $"{route}");
            var isSeed = route.Endpoint.Metadata.GetMetadata<global::Producer.Http.ErrorShape>() is not null;
            Assert.That(
                answer.Content.Headers.ContentType?.MediaType,
                Is.EqualTo(isSeed ? "application/json" : "application/problem+json"), $"{route}");
        }
    }

    [Test]
    public async Task A_key_opens_the_routes_of_its_scope_and_no_other()
    {
        foreach (var scope in Closed.Select(route => route.Endpoint.Metadata.GetMetadata<RouteAccess>()!).Distinct().ToList())
        {
            var text = KeyScopes.Write(scope.Slice, scope.Verb);
            var (http, _, _) = await App.CreateKeyAsync(Http, new { name = text, scopes = new[] { text } });
            using var client = http;
            foreach (var route in Closed)
            {
                var needed = route.Endpoint.Metadata.GetMetadata<RouteAccess>()!;
                var isAllowed = scope.Verb == KeyVerb.Admin || needed == scope
                    || (needed.IsOfAnySlice && scope.Verb == needed.Verb) || (scope.Slice is null && scope.Verb == needed.Verb);
                using var answer = await SendAsync(client, route);
                Assert.That((int)answer.StatusCode == 403, Is.EqualTo(!isAllowed), $"{text} on {route}: {answer.StatusCode}");
                Assert.That((int)answer.StatusCode, Is.Not.EqualTo(401), $"{text} on {route}");
                if (!isAllowed)
                {
                    Assert.That(answer.Headers.WwwAuthenticate.ToString(), Does.Contain("insufficient_scope"), $"{route}");
                }
            }
        }
    }

    [Test]
    public void Every_route_says_what_it_needs_and_what_changes_something_is_no_read()
    {
        foreach (var route in routes.Where(route => route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            var access = route.Endpoint.Metadata.GetMetadata<RouteAccess>();
            Assert.That(access, Is.Not.Null, $"{route}");
            Assert.That(
                route.IsUnsafe && access!.Verb == KeyVerb.Read, Is.EqualTo(route.Path == "/api/v1/stream-tokens"), $"{route}");
        }

        Assert.That(
            routes.Where(route => route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                .Select(route => route.Path).Distinct(),
            Is.EquivalentTo(new[] { "/health", "/health/live", "/health/ready", "/openapi/v1.json" }), "open to everybody");
    }

    [TestCase("X-Api-Key", "{0}", 200)]
    [TestCase("Authorization", "Bearer {0}", 200)]
    [TestCase("Authorization", "bearer {0}", 200)]
    [TestCase("Authorization", "Basic {0}", 401)]
    [TestCase("Authorization", "{0}", 401)]
    [TestCase("Cookie", "key={0}", 401)]
    [TestCase("X-Api-Key", "{0}x", 401)]
    [TestCase("X-Api-Key", "tmr_none_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_00000000", 401)]
    public async Task A_key_travels_in_two_headers(string header, string form, int status)
    {
        var answer = await AskAsync(stranger, Timers, (header, string.Format(null, form, HostedKeys.First.Text)));

        Assert.That(answer.Status, Is.EqualTo(status), answer.Text);
        Assert.That((await AskAsync(stranger, $"{Timers}?access_token={HostedKeys.First.Text}")).Status, Is.EqualTo(401), "not in a query");
    }

    [Test]
    public async Task A_key_of_the_right_id_with_another_secret_is_refused()
    {
        var forged = KeyText.Create(HostedKeys.First.Id);

        var answer = await AskAsync(stranger, Timers, ("X-Api-Key", forged.Text));

        Assert.That(answer.Status, Is.EqualTo(401));
        Assert.That(answer.Text, Does.Not.Contain(forged.Text));
    }

    [Test]
    public async Task It_is_shown_once_and_kept_as_a_hash()
    {
        var (http, id, text) = await App.CreateKeyAsync(Http, new { name = "ci", scopes = new[] { "timers:read" } });
        using var client = http;

        Assert.That((await client.GetAsync(Timers)).IsSuccessStatusCode, Is.True);
        foreach (var path in new[] { $"{Keys}/{id}", Keys })
        {
            var answer = await GetAsync(path);
            Assert.That(answer.Text, Does.Contain(id).And.Not.Contain(text).And.Not.Contain(text.Split('_')[2]));
        }
    }

    [Test]
    public async Task A_revoked_key_is_refused_at_once_and_stays_listed()
    {
        var (http, id, _) = await App.CreateKeyAsync(Http, new { name = "ci", scopes = new[] { "read" } });
        using var client = http;

        var revoked = await DeleteAsync($"{Keys}/{id}");

        Assert.That((revoked.Status, revoked["state"]), Is.EqualTo((200, "revoked")));
        using var answer = await client.GetAsync(Timers);
        Assert.That((int)answer.StatusCode, Is.EqualTo(401));
        Assert.That(answer.Headers.WwwAuthenticate.ToString(), Does.Contain("invalid_token"));
        Assert.That((await GetAsync($"{Keys}/{id}"))["state"], Is.EqualTo("revoked"));
        Assert.That((await DeleteAsync($"{Keys}/{id}")).Status, Is.EqualTo(200), "again");
        Assert.That((await PostAsync($"{Keys}/{id}/rotate", "{}")).Status, Is.EqualTo(409));
    }

    [Test]
    public async Task After_a_rotation_both_are_accepted_for_the_overlap_and_without_one_only_the_new()
    {
        var (http, id, _) = await App.CreateKeyAsync(Http, new { name = "ci", scopes = new[] { "read" } });
        using var before = http;

        var rotated = await PostAsync($"{Keys}/{id}/rotate", """{"overlap":"PT1H"}""");

        Assert.That((rotated.Status, rotated["id"]), Is.EqualTo((200, id)));
        Assert.That((await before.GetAsync(Timers)).IsSuccessStatusCode, Is.True, "the one before");
        Assert.That((await AskAsync(stranger, Timers, ("X-Api-Key", rotated["key"]))).Status, Is.EqualTo(200), "the new one");

        var again = await PostAsync($"{Keys}/{id}/rotate", "{}");

        Assert.That((int)(await before.GetAsync(Timers)).StatusCode, Is.EqualTo(401));
        Assert.That((await AskAsync(stranger, Timers, ("X-Api-Key", rotated["key"]))).Status, Is.EqualTo(401));
        Assert.That((await AskAsync(stranger, Timers, ("X-Api-Key", again["key"]))).Status, Is.EqualTo(200));
    }

    [TestCase("127.0.0.1", 200)]
    [TestCase("127.0.0.0/8", 200)]
    [TestCase("10.0.0.0/8", 403)]
    [TestCase("::1", 403)]
    public async Task A_key_may_be_bound_to_addresses(string address, int status)
    {
        var (http, _, _) = await App.CreateKeyAsync(Http, new { name = "ci", scopes = new[] { "read" }, addresses = new[] { address } });
        using var client = http;

        Assert.That((int)(await client.GetAsync(Timers)).StatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task A_key_expires_by_itself()
    {
        var (http, id, _) = await App.CreateKeyAsync(
            Http, new { name = "ci", scopes = new[] { "read" }, expiresAt = TimeProvider.System.GetUtcNow().AddSeconds(3).ToString("O") });
        using var client = http;
        Assert.That((int)(await client.GetAsync(Timers)).StatusCode, Is.EqualTo(200));

        await Eventually.That(
            async () => (int)(await client.GetAsync(Timers)).StatusCode == 401, TimeSpan.FromSeconds(30), "it has expired");
        Assert.That((await GetAsync($"{Keys}/{id}"))["state"], Is.EqualTo("expired"));
    }

    [TestCase("{}", "name,scopes")]
    [TestCase("""{"name":"","scopes":[]}""", "name,scopes")]
    [TestCase("""{"name":"a","scopes":["reed"]}""", "scopes[0]")]
    [TestCase("""{"name":"a","scopes":["read","times:read"]}""", "scopes[1]")]
    [TestCase("""{"name":"a","scopes":["timers:admin"]}""", "scopes[0]")]
    [TestCase("""{"name":"a","scopes":["read"],"tenant":"A b"}""", "tenant")]
    [TestCase("""{"name":"a","scopes":["read"],"expiresAt":"2001-01-01T00:00:00Z"}""", "expiresAt")]
    [TestCase("""{"name":"a","scopes":["read"],"addresses":["10.0.0.0/33","x"]}""", "addresses[0],addresses[1]")]
    [TestCase("""{"name":"a","scopes":["read"],"origins":["https://a.example"]}""", "origins")]
    [TestCase("""{"name":"a","scopes":["read"],"site":"s","origins":["https://a.example"]}""", "scopes")]
    [TestCase("""{"name":"a","scopes":["write"],"site":"s"}""", "origins")]
    [TestCase("""{"name":"a","scopes":["write"],"site":"s","origins":["https://a.example/"]}""", "origins[0]")]
    [TestCase("""{"name":"a","scopes":["read"],"nmae":"b"}""", "nmae")]
    public async Task A_bad_request_names_every_wrong_field(string body, string fields)
    {
        var answer = await PostAsync(Keys, body);

        Assert.That(answer.Status, Is.EqualTo(400), answer.Text);
        Assert.That(answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name), Is.EquivalentTo(fields.Split(',')));
    }

    [Test]
    public async Task Administrators_of_a_tenant_see_their_own_keys_and_operators_all()
    {
        var (acme, acmeId, _) = await App.CreateKeyAsync(Http, new { name = "acme", scopes = new[] { "admin" }, tenant = "acme" });
        using var admin = acme;
        var (other, otherId, _) = await App.CreateKeyAsync(Http, new { name = "other", scopes = new[] { "read" }, tenant = "other" });
        other.Dispose();
        var (own, ownId, _) = await App.CreateKeyAsync(admin, new { name = "own", scopes = new[] { "read" } });
        own.Dispose();

        Assert.That((await AskAsync(admin, $"{Keys}/{otherId}")).Status, Is.EqualTo(404));
        Assert.That((int)(await admin.DeleteAsync($"{Keys}/{otherId}")).StatusCode, Is.EqualTo(404));
        Assert.That((await GetAsync($"{Keys}/{otherId}"))["tenant"], Is.EqualTo("other"));
        Assert.That((await GetAsync($"{Keys}/{ownId}"))["tenant"], Is.EqualTo("acme"));
        var listed = (await AskAsync(admin, Keys)).Json.GetProperty("items").EnumerateArray()
            .Select(key => key.GetProperty("id").GetString());
        Assert.That(listed, Is.EquivalentTo(new[] { acmeId, ownId }));
        using var foreign = await admin.PostAsJsonAsync(Keys, new { name = "a", scopes = new[] { "read" }, tenant = "other" });
        Assert.That((int)foreign.StatusCode, Is.EqualTo(400));
    }

    [Test]
    public async Task The_tenant_comes_from_the_key()
    {
        var (one, _, _) = await App.CreateKeyAsync(
            Http, new { name = "a", scopes = new[] { "timers:read", "timers:write" }, tenant = "red" });
        var (two, _, _) = await App.CreateKeyAsync(Http, new { name = "b", scopes = new[] { "read", "control" }, tenant = "blue" });
        using var red = one;
        using var blue = two;
        var id = await red.CreateAsync(new { url = Target, delay = "PT1H" });

        Assert.That((await AskAsync(red, $"{Timers}/{id}")).Status, Is.EqualTo(200));
        Assert.That((await AskAsync(blue, $"{Timers}/{id}")).Status, Is.EqualTo(404));
        Assert.That((await GetAsync($"{Timers}/{id}")).Status, Is.EqualTo(404), "nor the operator's own tenant");
        Assert.That((int)(await blue.DeleteAsync($"{Timers}/{id}")).StatusCode, Is.EqualTo(404));
        Assert.That((await AskAsync(red, Timers)).Json.GetProperty("items").GetArrayLength(), Is.EqualTo(1));
        Assert.That((await AskAsync(blue, Timers)).Json.GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Readiness_tells_details_to_this_machine_and_to_the_scope_and_metrics_likewise()
    {
        var (http, _, _) = await App.CreateKeyAsync(Http, new { name = "m", scopes = new[] { "metrics" } });
        using var monitor = http;

        Assert.That((await AskAsync(stranger, "/health/ready")).Json.TryGetProperty("checks", out _), Is.True, "from this machine");
        Assert.That((await AskAsync(stranger, "/metrics")).Status, Is.EqualTo(200), "from this machine");
        var forwarded = ("X-Forwarded-For", "203.0.113.7");
        var ready = await AskAsync(stranger, "/health/ready", forwarded);
        Assert.That((ready.Status, ready.Json.TryGetProperty("checks", out _)), Is.EqualTo((200, false)));
        Assert.That((await AskAsync(stranger, "/metrics", forwarded)).Status, Is.EqualTo(401));
        Assert.That((await AskAsync(monitor, "/metrics", forwarded)).Status, Is.EqualTo(200));
        Assert.That((await AskAsync(monitor, "/health/ready", forwarded)).Json.TryGetProperty("checks", out _), Is.True);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, Route route)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Path);
        if (route.IsUnsafe)
        {
            request.Content = Content("{}");
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<Answer> AskAsync(HttpClient http, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Answer.ReadAsync(await http.SendAsync(request));
    }
}
