using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Contracts.Signing;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Signing secrets that a Producer makes and Runners in other processes sign with.</summary>
[Parallelizable]
public sealed class SigningClusterTests
{
    private const string Secrets = "/api/v1/signing-secrets";

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task With_a_configured_key_a_Runner_signs_with_what_a_Producer_has_made_and_without_one_none_is_made()
    {
        var key = $"--Secrets:Key={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";
        string[] engines =
        [
            $"--ConnectionStrings:Kafka={Engine.Address("kafka")}", $"--Kafka:TopicPrefix={KafkaHost.NewPrefix()}", "--Kafka:Partitions=4",
            $"--ConnectionStrings:MongoDb={MongoDatabase.In(Engine.Address("mongo"), $"signing_{Environment.ProcessId}")}",
        ];
        var processes = new[] { ("Producer", true), ("Consumer", false), ("Runner", true), ("Producer", false) }.Select(each =>
            new ServiceProcess(ServiceProcess.AssemblyOf(each.Item1), each.Item2 ? [.. engines, key] : engines)).ToList();
        try
        {
            await Task.WhenAll(processes.Select(process => process.StartAsync()));
            await Task.WhenAll(processes.Select(process => process.ReadyAsync()));
            var (producer, keyless) = (processes[0], processes[3]);
            await using var receiver = await Receiver.StartAsync();

            using var refused = await keyless.Http.PostAsJsonAsync(Secrets, new { });
            Assert.That((int)refused.StatusCode, Is.EqualTo(409));
            Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("Secrets__Key"));

            using var made = await producer.Http.PostAsJsonAsync(Secrets, new { });
            var json = await made.Content.ReadFromJsonAsync<JsonElement>();
            var (id, secret) = (json.GetProperty("id").GetString(), json.GetProperty("secret").GetString()!);
            await Eventually.That(
                async () => Verify(await FireAsync(producer, receiver), secret) == SignatureVerdict.Valid, MaxWait, "the Runner signs");

            // The keyless Producer can neither read nor rotate it, but it can list and delete it.
            using var rotated = await keyless.Http.PostAsJsonAsync($"{Secrets}/{id}/rotate", new { });
            Assert.That((int)rotated.StatusCode, Is.EqualTo(409));
            using var deleted = await keyless.Http.DeleteAsync($"{Secrets}/{id}");
            Assert.That((int)deleted.StatusCode, Is.EqualTo(204));
            await Eventually.That(
                async () => !(await FireAsync(producer, receiver)).Headers.ContainsKey("webhook-signature"), MaxWait,
                "it signs no longer");
        }
        finally
        {
            foreach (var process in processes)
            {
                await process.DisposeAsync();
            }
        }
    }

    private static async Task<Arrival> FireAsync(ServiceProcess producer, Receiver receiver)
    {
        string? id = null;
        await Eventually.That(async () => (id = await CreateAsync(producer, receiver)) is not null, MaxWait, "a timer is taken");
        await Eventually.That(() => receiver.Journal.Any(each => each.TimerId == id), MaxWait, "it arrives");
        return receiver.Journal.First(each => each.TimerId == id);
    }

    /// <returns>The timer's id; null if it was refused, as it may be while other tests keep Kafka busy.</returns>
    private static async Task<string?> CreateAsync(ServiceProcess producer, Receiver receiver)
    {
        using var created = await producer.Http.PostAsJsonAsync(
            "/api/v1/timers", new { url = receiver.At("/hook"), delay = "PT0S", body = new { order = 4711 } });
        if (created.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            return null;
        }

        Assert.That(created.IsSuccessStatusCode, Is.True, await created.Content.ReadAsStringAsync());
        return (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
    }

    private static SignatureVerdict Verify(Arrival arrival, string text)
    {
        Assert.That(WebhookSecret.TryParse(text, out var secret), Is.True);
        return WebhookSignature.Verify(
            [secret!], arrival.Headers["webhook-id"], arrival.Headers["webhook-timestamp"],
            arrival.Headers.GetValueOrDefault("webhook-signature"), Encoding.UTF8.GetBytes(arrival.Body), arrival.At);
    }
}
