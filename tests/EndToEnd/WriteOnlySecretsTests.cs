using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Credentials that are planted in timers, looked for wherever the real program writes.</summary>
public sealed class WriteOnlySecretsTests
{
    private const string Planted = "pl4nted-in-this-test";

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task They_reach_the_receiver_and_stand_in_no_answer_no_output_and_no_file()
    {
        // It repeats what it got, and refuses it once.
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            context.Response.StatusCode = context.Request.Headers["timer-attempt"] == "1" ? 500 : 200;
            await context.Response.WriteAsync($"{context.Request.Headers.Authorization} {context.Request.QueryString}");
        });
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var (waiting, fired) = (Timer(receiver, "PT1H"), Timer(receiver, "PT0S"));
        var (waits, fires) = (await standalone.Http.CreateAsync(waiting), await standalone.Http.CreateAsync(fired));
        using var device = await standalone.Http.PutAsJsonAsync(
            "/api/v1/devices/door", new { quietAfter = "PT1H", quietUrl = $"{receiver.At("/quiet")}?token={Planted}" });
        Assert.That(device.IsSuccessStatusCode, Is.True);
        await Eventually.That(() => receiver.Count >= 2, MaxWait, "two attempts arrive");
        Assert.That(receiver.Journal.Select(each => each.Headers["Authorization"]), Is.All.EqualTo($"Bearer {Planted}"));
        Assert.That(receiver.Journal.Select(each => each.Path), Is.All.EqualTo($"/hook?token={Planted}"));

        await Eventually.That(async () => await standalone.Http.StateAsync(fires) == "succeeded", MaxWait, "it is recorded");
        await standalone.KillAsync();
        await standalone.StartAsync();
        foreach (var path in new[]
        {
            "/api/v1/timers", $"/api/v1/timers/{waits}", $"/api/v1/timers/{fires}", $"/api/v1/timers/{fires}/attempts", "/api/v1/audit",
            "/metrics", "/api/v1/dead-letters", $"/api/v1/timer/{fires}", "/api/v1/devices", "/api/v1/devices/door",
        })
        {
            Assert.That(await standalone.Http.GetStringAsync(path), Does.Not.Contain(Planted), path);
        }

        Assert.That(await standalone.Http.GetStringAsync($"/api/v1/timers/{fires}/attempts"), Does.Contain("Bearer ********").Or.Contain(
            "\"******** "), "what it repeated");
        using var moved = await standalone.Http.PatchAsJsonAsync($"/api/v1/timers/{waits}", new { delay = "PT0S" });
        Assert.That(moved.IsSuccessStatusCode, Is.True);
        await Eventually.That(() => receiver.Journal.Any(each => each.TimerId == waits), MaxWait, "it survived the kill");
        Assert.That(receiver.Journal.First(each => each.TimerId == waits).Headers["Authorization"], Is.EqualTo($"Bearer {Planted}"));
        await standalone.TerminateAsync();

        Assert.That(standalone.Output, Does.Not.Contain(Planted));
        foreach (var file in Directory.EnumerateFiles(standalone.Folder, "*", SearchOption.AllDirectories))
        {
            Assert.That(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), Does.Not.Contain(Planted), file);
        }
    }

    [Test]
    public async Task Without_the_key_they_wait_and_what_carries_none_is_sent()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var secret = await standalone.Http.CreateAsync(Timer(receiver, "PT3S"));
        await standalone.TerminateAsync();
        var key = Path.Combine(standalone.Folder, "data", "secrets.key");
        File.Move(key, $"{key}.away");

        await standalone.StartAsync();
        var plain = await standalone.Http.CreateAsync(new { url = receiver.At("/plain"), delay = "PT4S" });
        await Eventually.That(() => receiver.Journal.Any(each => each.TimerId == plain), MaxWait, "it is sent");
        await Eventually.That(
            async () => (await standalone.Http.GetStringAsync("/health/ready")).Contains("credentials", StringComparison.Ordinal),
            MaxWait, "readiness tells");
        Assert.That(receiver.Journal.Any(each => each.TimerId == secret), Is.False);
        await standalone.TerminateAsync();

        File.Move($"{key}.away", key);
        await standalone.StartAsync();
        await Eventually.That(() => receiver.Journal.Any(each => each.TimerId == secret), MaxWait, "it is sent");
        Assert.That(receiver.Journal.First(each => each.TimerId == secret).Attempt, Is.EqualTo(1), "the waiting was no attempt");
    }

    private static object Timer(Receiver receiver, string delay) => new
    {
        url = receiver.At($"/hook?token={Planted}"),
        delay,
        headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {Planted}" },
        retry = new { attempts = 3, firstDelay = "PT0.1S" },
    };
}
