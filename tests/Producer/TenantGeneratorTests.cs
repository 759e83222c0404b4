using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tests.Support;

namespace Tests.Producer;

/// <summary>
/// Generated requests over all routes, from tenants that know each other's ids, tags, cursors and tracking ids: none reads or changes
/// anything of another. TEST_TENANT_REQUESTS says how many (100,000 for the promise; fewer by default).
/// </summary>
public sealed partial class TenantGeneratorTests : RestTests
{
    private const int Seed = 4711;
    private const int DefaultRequests = 3_000;

    /// <summary>A tag of a victim that attackers have guessed, and ask for.</summary>
    private const string Guessed = "secret-of-quiet-tag";

    private static readonly string[] Scopes = ["read", "write", "control"];
    private static readonly string[] Streams = ["text/event-stream"];

    /// <summary>What is theirs stays as it is: they send nothing once they have begun. The first is the one that needs no name.</summary>
    private static readonly string[] Victims = ["default", "quiet"];
    private static readonly string[] Attackers = ["loud", "louder", "loudest"];

    private readonly Random random = new(Seed);
    private readonly Dictionary<string, HttpClient> clients = new(StringComparer.Ordinal);
    private readonly List<string> known = ["x", "first"];
    private IReadOnlyList<Route> routes = null!;
    private OpenApiDocument document = null!;

    protected override HostedStandalone CreateApp() => new(withKeys: true);

    [OneTimeTearDown]
    public void Leave()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }
    }

    [Test]
    public async Task No_generated_request_reads_or_changes_anything_of_another_tenant()
    {
        routes = [.. Route.All(App.Services).Where(route => route.Path.StartsWith('/') && route.Method is not ("HEAD" or "OPTIONS")
            && route.Path is not "/metrics" && !route.Path.StartsWith("/health", StringComparison.Ordinal)
            && !route.Path.StartsWith("/openapi", StringComparison.Ordinal))];
        document = new OpenApiDocument((await GetAsync("/openapi/v1.json")).Json);
        foreach (var tenant in Victims.Concat(Attackers))
        {
            var (client, _, _) = await App.CreateKeyAsync(Http, new { name = tenant, scopes = Scopes, tenant });
            clients[tenant] = client;
            await FillAsync(tenant);
        }

        var before = await LookAsync();
        Assert.That(before.Values.Count(text => text.Contains("secret-of-", StringComparison.Ordinal)), Is.GreaterThan(10),
            "the victims have something to lose, and it is seen where it is theirs");

        var requests = int.Parse(
            Environment.GetEnvironmentVariable("TEST_TENANT_REQUESTS") ?? $"{DefaultRequests}", CultureInfo.InvariantCulture);
        var statuses = new Dictionary<int, int>();
        for (var i = 0; i < requests; i++)
        {
            var (tenant, route) = (Attackers[random.Next(Attackers.Length)], routes[random.Next(routes.Count)]);
            var (status, text) = await AttackAsync(tenant, route);
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            foreach (Match secret in Secret().Matches(text))
            {
                Assert.That(secret.Groups["tenant"].Value, Is.EqualTo(tenant), $"{i}: {tenant} {route.Method} {route.Path}: {text}");
            }
        }

        var told = statuses.OrderBy(each => each.Key).Select(each => $"{each.Value} x {each.Key}");
        TestContext.Out.WriteLine($"{requests} requests: {string.Join(", ", told)}");
        Assert.That(statuses.Where(each => each.Key is >= 200 and < 300).Sum(each => each.Value), Is.GreaterThan(requests / 10),
            "the requests are not all refused");
        var after = await LookAsync();
        Assert.Multiple(() =>
        {
            foreach (var (question, answer) in before)
            {
                Assert.That(after[question], Is.EqualTo(answer), question);
            }
        });
    }

    /// <summary>Gives a tenant something of every slice, under ids that all know, with contents that only it has.</summary>
    private async Task FillAsync(string tenant)
    {
        var secret = $"secret-of-{tenant}-";
        for (var i = 0; i < 3; i++)
        {
            // The same ids for all, and one of its own.
            foreach (var id in new[] { $"shared-{i}", $"of-{tenant}-{i}" })
            {
                known.Add(id);
                await SendAsync("/api/v1/timers", new
                {
                    id,
                    url = "http://127.0.0.1:2/hook",
                    delay = "P3D",
                    tags = new[] { $"{secret}tag" },
                    body = new { text = $"{secret}body" },
                });
                await SendAsync("/api/v1/devices/readings", new
                {
                    device = id,
                    timestamp = "2026-01-01T00:00:00Z",
                    count = 10 + i,
                });
                await SendAsync("/api/v1/sites/events", new
                {
                    site = id,
                    type = "page_view",
                    path = $"/{secret}path",
                    user = id,
                    eventId = $"{id}-event",
                    timestamp = "2026-01-01T00:00:00Z",
                });
                await SendAsync("/api/v1/revenue/events", new
                {
                    user = id,
                    name = "add_revenue",
                    value = "1.5",
                    eventId = $"{id}-event",
                    timestamp = "2026-01-01T00:00:00Z",
                });
                using var named = await clients[tenant].PutAsJsonAsync(
                    $"/api/v1/devices/{id}", new { name = $"{secret}device", tags = new[] { $"{secret}tag" } });
                using var type = await clients[tenant].PutAsJsonAsync(
                    $"/api/v1/revenue/event-types/{id}", new { sign = "add", schema = new { title = $"{secret}schema" } });
            }
        }

        // Every other route that takes something, with what its document suggests: slices that are not named above are filled, too.
        foreach (var route in routes.Where(route => route.Method == "POST" && !route.Path.Contains("/keys", StringComparison.Ordinal)))
        {
            foreach (var body in Examples(route))
            {
                using var answer = await clients[tenant].PostAsync(route.Path, Content(body.ToJsonString()));
                Learn(answer);
            }
        }

        async Task SendAsync(string path, object body)
        {
            using var answer = await clients[tenant].PostAsJsonAsync(path, body);
            Assert.That(answer.IsSuccessStatusCode, Is.True, $"{path}: {await answer.Content.ReadAsStringAsync()}");
            Learn(answer);
        }
    }

    /// <summary>Ids and cursors that answers tell: the attackers know them all.</summary>
    private void Learn(HttpResponseMessage answer)
    {
        if (answer.Headers.TryGetValues("X-Tracking-Id", out var ids))
        {
            known.AddRange(ids.SelectMany(id => id.Split(',', StringSplitOptions.TrimEntries)));
        }

        if (answer.Headers.Location is { } location)
        {
            known.Add(location.OriginalString.Split('/')[^1]);
        }
    }

    /// <summary>All that the victims can see, without what changes by itself.</summary>
    private async Task<Dictionary<string, string>> LookAsync()
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tenant in Victims)
        {
            foreach (var route in routes.Where(route => route.Method == "GET" && !IsStream(route)))
            {
                foreach (var path in Addresses(route).Distinct())
                {
                    using var answer = await clients[tenant].GetAsync(path);
                    var text = await answer.Content.ReadAsStringAsync();
                    seen[$"{tenant} {path}"] = $"{(int)answer.StatusCode} {Passing().Replace(text, string.Empty)}";
                    if (Next().Match(text) is { Success: true } cursor)
                    {
                        known.Add(cursor.Groups["cursor"].Value);
                    }
                }
            }
        }

        return seen;
    }

    /// <summary>The route with the ids that victims have.</summary>
    private static IEnumerable<string> Addresses(Route route) => route.Endpoint.RoutePattern.Parameters.Count == 0
        ? [route.Path, $"{route.Path}?limit=1"]
        : Enumerable.Range(0, 3).SelectMany(i => new[] { $"shared-{i}", $"of-default-{i}", $"of-quiet-{i}" })
            .Select(id => Fill(route, _ => id));

    private async Task<(int Status, string Text)> AttackAsync(string tenant, Route route)
    {
        var path = Fill(route, _ => Uri.EscapeDataString(Pick()));
        if (random.Next(3) == 0)
        {
            var name = new[] { "cursor", "tag", "limit", "site_id", "user", "state", "name" }[random.Next(7)];
            path += $"?{name}={Uri.EscapeDataString(random.Next(4) == 0 ? Guessed : Pick())}";
        }

        using var request = new HttpRequestMessage(new HttpMethod(route.Method), path);
        if (route.IsUnsafe)
        {
            var examples = Examples(route).ToList();
            request.Content = Content(
                examples.Count == 0 ? "{}" : Twist(examples[random.Next(examples.Count)]).ToJsonString(),
                route.Method == "PATCH" ? "application/merge-patch+json" : "application/json");
        }

        foreach (var (header, chance) in new[] { ("Idempotency-Key", 4), ("X-Tenant", 8), ("Last-Event-ID", 8), ("If-Match", 20) })
        {
            if (random.Next(chance) == 0)
            {
                request.Headers.TryAddWithoutValidation(header, header == "If-Match" ? "*" : Pick());
            }
        }

        using var answer = await clients[tenant].SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Learn(answer);

        var text = IsStream(route) && answer.IsSuccessStatusCode ? await BeginningAsync(answer) : await answer.Content.ReadAsStringAsync();

        // What it asked for in its query may come back in an error; it knew that before.
        return ((int)answer.StatusCode, text.Replace(Guessed, string.Empty, StringComparison.Ordinal));
    }

    private string Pick() => known[random.Next(known.Count)];

    /// <summary>What the document suggests to send.</summary>
    private IEnumerable<JsonNode> Examples(Route route)
    {
        var template = "/" + string.Join('/', route.Endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(
            segment.Parts.Select(part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter
                ? $"{{{parameter.Name}}}" : ((Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart)part).Content))));
        var operation = document.Operations.FirstOrDefault(
            each => each.Path.TrimEnd('/') == template.TrimEnd('/') && each.Method.Method == route.Method);
        return operation is null ? [] : operation.Media()
            .Where(media => media.Where == "request" && media.Type.EndsWith("json", StringComparison.Ordinal)
                && media.Media.TryGetProperty("examples", out _))
            .SelectMany(media => media.Media.GetProperty("examples").EnumerateObject())
            .Select(example => example.Value.GetProperty("value"))
            .Where(value => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            .Select(value => JsonNode.Parse(value.GetRawText())!);
    }

    /// <summary>The same with some texts replaced by what others have.</summary>
    private JsonNode Twist(JsonNode node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields.ToList())
                {
                    if (name is not ("url" or "webhookUrl") && value is not null)
                    {
                        fields[name] = Twist(value).DeepClone();
                    }
                }

                return fields;
            case JsonArray items:
                return new JsonArray([.. items.Select(item => item is null ? null : Twist(item).DeepClone())]);
            case JsonValue text when text.GetValueKind() == JsonValueKind.String && random.Next(3) == 0:
                return JsonValue.Create(Pick());
            default:
                return node;
        }
    }

    private static string Fill(Route route, Func<string, string> fill) => Route.PathOf(route.Endpoint, fill);

    private static bool IsStream(Route route) => route.Endpoint.Metadata
        .OfType<Microsoft.AspNetCore.Http.Metadata.IProducesResponseTypeMetadata>()
        .Any(produced => produced.ContentTypes.Intersect(Streams).Any());

    private static async Task<string> BeginningAsync(HttpResponseMessage answer)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[64 * 1024];
        return System.Text.Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
    }

    [GeneratedRegex("secret-of-(?<tenant>[a-z]+)-", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Secret();

    /// <summary>What changes by itself: what is left of a time, and instants of asking, but not those of what was sent.</summary>
    [GeneratedRegex(
        "\"(timeLeft|asOf|traceId|from|to|timestamp)\":(\"(?!2026-01-01)[^\"]*\"|[0-9.]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Passing();

    [GeneratedRegex("\"next\":\"(?<cursor>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Next();
}
