using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Common;
using Consumer;
using Infrastructure;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Producer;
using Producer.Http;
using Runner;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Several tenants through Kafka, MongoDB and Redis, from the request to the webhook.</summary>
[Parallelizable]
public sealed class ClusterTenantsTests
{
    private const string Timers = "/api/v1/timers";
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private static readonly string[] Tenants = [Tenant.Default, "acme", "other"];

    [TestCase("order-17")]
    [TestCase("0190163d-8694-739b-aea5-966c26f8ad91")]
    public async Task One_own_id_of_several_tenants_is_a_timer_of_each_that_fires_and_that_only_its_tenant_sees(string id)
    {
        var mongo = MongoDatabase.In(Engine.Address("mongo"), $"tenants_{Environment.ProcessId}_{id.Length}");
        string[] settings =
        [
            $"--ConnectionStrings:Kafka={Engine.Address("kafka")}", $"--Kafka:TopicPrefix={KafkaHost.NewPrefix()}", "--Kafka:Partitions=4",
            $"--ConnectionStrings:MongoDb={mongo}", $"--ConnectionStrings:Redis={Engine.Address("redis")}",
        ];
        await using var receiver = await Receiver.StartAsync();
        await using var workers = await StartAsync(ServiceRoles.Consumer | ServiceRoles.Runner, settings);
        await using var producer = await StartAsync(ServiceRoles.Producer, settings);
        using var http = new HttpClient { BaseAddress = AddressOf(producer) };

        // A group's first rebalance takes a while, and what a create waits for is bounded; repeating it is safe.
        await Eventually.That(
            async () => (int)(await CreateAsync(http, "acme", "warm", receiver)).StatusCode == 201, MaxWait, "it is stored");
        var tracking = new Dictionary<string, string>();
        foreach (var tenant in Tenants)
        {
            using var created = await CreateAsync(http, tenant, id, receiver);
            Assert.That((int)created.StatusCode, Is.EqualTo(201), await created.Content.ReadAsStringAsync());
            tracking[tenant] = created.Headers.GetValues("X-Tracking-Id").Single();
        }

        await Eventually.That(() => receiver.Journal.Count(arrival => arrival.TimerId == id) == Tenants.Length, MaxWait, "all have fired");
        Assert.That(
            receiver.Journal.Where(arrival => arrival.TimerId == id).Select(arrival => arrival.Path),
            Is.EquivalentTo(Tenants.Select(PathOf)));
        Assert.That(receiver.Journal.Select(arrival => arrival.WebhookId), Is.Unique);
        foreach (var tenant in Tenants)
        {
            await Eventually.That(
                async () => (await ReadAsync(http, tenant, $"{Timers}/{id}")).GetProperty("state").GetString() == "succeeded",
                MaxWait,
                "it is recorded");
            Assert.That((await ReadAsync(http, tenant, $"{Timers}/{id}")).GetProperty("url").GetString(), Does.EndWith(PathOf(tenant)));
            Assert.That((await ReadAsync(http, tenant, $"{Timers}/{id}/attempts")).GetProperty("items").GetArrayLength(), Is.EqualTo(1));
            Assert.That(
                (await ReadAsync(http, tenant, Timers)).GetProperty("items").EnumerateArray().Count(),
                Is.EqualTo(tenant == "acme" ? 2 : 1),
                "its own, and nobody else's");
            foreach (var another in Tenants)
            {
                using var asked = await SendAsync(http, another, HttpMethod.Get, $"/api/v1/events/{tracking[tenant]}");
                Assert.That((int)asked.StatusCode, Is.EqualTo(another == tenant ? 200 : 404));
            }
        }

        await producer.StopAsync();
        await workers.StopAsync();
    }

    private static string PathOf(string tenant) => $"/of-{tenant}";

    private static Task<HttpResponseMessage> CreateAsync(HttpClient http, string tenant, string id, Receiver receiver) =>
        SendAsync(http, tenant, HttpMethod.Post, Timers, new { id, url = receiver.At(PathOf(tenant)), delay = "PT1S" });

    private static async Task<JsonElement> ReadAsync(HttpClient http, string tenant, string path)
    {
        using var answer = await SendAsync(http, tenant, HttpMethod.Get, path);
        Assert.That((int)answer.StatusCode, Is.EqualTo(200), await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient http, string tenant, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add(HeaderTenant.Header, tenant);
        return await http.SendAsync(request);
    }

    /// <summary>Services as the programs start them, but for where the tenant comes from.</summary>
    private static async Task<WebApplication> StartAsync(ServiceRoles roles, params string[] settings)
    {
        var builder = ServiceHost.CreateBuilder("test", ["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning", .. settings]);
        var engines = builder.AddEngines(roles);
        if (engines.Has(ServiceRoles.Producer))
        {
            engines.AddProducer();
            builder.Services.AddSingleton<IRequestTenant, HeaderTenant>();
        }

        if (engines.Has(ServiceRoles.Consumer))
        {
            engines.AddConsumer();
        }

        if (engines.Has(ServiceRoles.Runner))
        {
            engines.AddRunner();
        }

        var app = builder.Build();
        ServiceHost.UseGate(app);
        if (engines.Has(ServiceRoles.Producer))
        {
            app.MapProducer();
        }

        await app.StartAsync();
        return app;
    }

    private static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
}
