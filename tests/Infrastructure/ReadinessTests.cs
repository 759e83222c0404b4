using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;

namespace Tests.Infrastructure;

/// <summary>
/// What <c>/health/ready</c> makes of the checks: one engine may be missing, but not all of them, and nothing that is vital.
/// </summary>
public sealed class ReadinessTests
{
    [TestCase(null, null, null, "ready")]
    [TestCase(null, "The log is gone.", null, "degraded")]
    [TestCase("The store is gone.", null, null, "degraded")]
    public async Task It_is_ready_while_an_engine_serves(string? store, string? log, string? clock, string status)
    {
        using var answer = await AskAsync(store, log, clock);
        var told = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.That((answer.StatusCode, told.GetProperty("status").GetString()), Is.EqualTo((HttpStatusCode.OK, status)));
        Assert.That(told.GetProperty("checks").GetProperty("store").GetString(), Is.EqualTo(store ?? "ok"));
        Assert.That(told.GetProperty("checks").GetProperty("log").GetString(), Is.EqualTo(log ?? "ok"));
        Assert.That(told.GetProperty("checks").GetProperty("clock").GetString(), Is.EqualTo("ok"));
    }

    [TestCase("The store is gone.", "The log is gone.", null, "The store is gone. The log is gone.")]
    [TestCase(null, null, "The clock is wrong.", "The clock is wrong.")]
    [TestCase("The same.", "The same.", null, "The same.")]
    public async Task It_is_not_ready_without_any_engine_or_without_what_is_vital(string? store, string? log, string? clock, string detail)
    {
        using var answer = await AskAsync(store, log, clock);
        var told = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That((told.GetProperty("detail").GetString(), told.GetProperty("outcome").GetString()), Is.EqualTo((detail, "refused")));
        Assert.That(told.GetProperty("title").GetString(), Is.EqualTo("The service is not ready."));
        Assert.That(told.GetProperty("checks").GetProperty("store").GetString(), Is.EqualTo(store ?? "ok"));
        Assert.That(told.GetProperty("checks").GetProperty("clock").GetString(), Is.EqualTo(clock ?? "ok"));
    }

    private static async Task<HttpResponseMessage> AskAsync(string? store, string? log, string? clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services
            .AddEngineCheck("store", _ => new Check(store))
            .AddEngineCheck("log", _ => new Check(log))
            .AddVitalCheck("clock", _ => new Check(clock));
        await using var app = builder.Build();
        app.MapHealth();
        await app.StartAsync();
        using var client = app.GetTestClient();
        return await client.GetAsync("/health/ready");
    }

    private sealed class Check(string? fault) : ReadinessCheck
    {
        protected override Task<string?> FindFaultAsync(CancellationToken cancellationToken) => Task.FromResult(fault);
    }
}
