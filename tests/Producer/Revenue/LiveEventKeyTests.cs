using Microsoft.Extensions.DependencyInjection;
using Producer.Revenue;
using Tests.Support;

namespace Tests.Producer.Revenue;

/// <summary>POST /liveEvent once there are keys: it takes one, or its own secret unless everybody knows it.</summary>
public sealed class LiveEventKeyTests
{
    private const string Event = """{"userId":"u","name":"add_revenue","value":1}""";

    [Test]
    public async Task The_default_secret_opens_nothing()
    {
        using var app = new HostedStandalone(withKeys: true);
        using var http = app.CreateClient();

        var answer = await SendAsync(http, ("Authorization", "secret"));

        Assert.That((answer.Status, answer.Text), Is.EqualTo((401, """{"error":"Unauthorized"}""")));
        Assert.That((await SendAsync(http, ("X-Api-Key", HostedKeys.First.Text))).Status, Is.EqualTo(200));
        Assert.That((await SendAsync(http, ("Authorization", $"Bearer {HostedKeys.First.Text}"))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_configured_one_is_for_its_tenant_and_this_route_alone()
    {
        using var app = new HostedStandalone(
            services => services.Configure<ProducerRevenueOptions>(options => (options.Secret, options.SecretTenant) = ("own", "acme")),
            withKeys: true);
        using var http = app.CreateClient();
        using var admin = app.CreateOperator();

        Assert.That((await SendAsync(http, ("Authorization", "own"), ("Prefer", "wait=10"))).Status, Is.EqualTo(200));
        Assert.That((await SendAsync(http, ("Authorization", "other"))).Status, Is.EqualTo(401));
        using var read = new HttpRequestMessage(HttpMethod.Get, "/userEvents/u");
        read.Headers.TryAddWithoutValidation("Authorization", "own");
        Assert.That((int)(await http.SendAsync(read)).StatusCode, Is.EqualTo(401));

        Assert.That(await admin.GetStringAsync("/userEvents/u"), Is.EqualTo("[]"), "it is another tenant's");
        var (acme, _, _) = await app.CreateKeyAsync(admin, new { name = "acme", scopes = new[] { "revenue:read" }, tenant = "acme" });
        using var owner = acme;
        Assert.That(await owner.GetStringAsync("/userEvents/u"), Does.Contain("\"revenue\":\"1\""));
    }

    private static async Task<Answer> SendAsync(HttpClient http, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/liveEvent");
        request.Content = new StringContent(Event, System.Text.Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Answer.ReadAsync(await http.SendAsync(request));
    }
}
