using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Keys of several Producers on one MongoDB.</summary>
public sealed partial class KeyClusterTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task One_of_three_makes_the_first_key_and_a_revocation_is_effective_on_all_within_a_second()
    {
        string[] settings =
        [
            $"--ConnectionStrings:Kafka={Engine.Address("kafka")}", $"--Kafka:TopicPrefix={KafkaHost.NewPrefix()}", "--Kafka:Partitions=4",
            $"--ConnectionStrings:MongoDb={MongoDatabase.In(Engine.Address("mongo"), $"keys_{Environment.ProcessId}")}",
            "--Keys:Need=Always",
        ];
        var producers = Enumerable.Range(0, 3).Select(_ => new ServiceProcess(ServiceProcess.AssemblyOf("Producer"), settings)).ToList();
        try
        {
            await Task.WhenAll(producers.Select(producer => producer.StartAsync()));
            var printed = producers.SelectMany(producer => First().Matches(producer.Output).Select(match => match.Value))
                .Distinct().ToList();
            Assert.That(printed, Has.Count.EqualTo(1), string.Join('\n', producers.Select(producer => producer.Output)));
            foreach (var producer in producers)
            {
                producer.Http.DefaultRequestHeaders.Add("X-Api-Key", printed[0]);
                await Eventually.That(async () => await StatusAsync(producer, null) == 200, MaxWait, "every one of them knows it");
            }

            using var made = await producers[0].Http.PostAsJsonAsync("/api/v1/keys", new { name = "ci", scopes = new[] { "read" } });
            var key = await made.Content.ReadFromJsonAsync<JsonElement>();
            var text = key.GetProperty("key").GetString()!;
            foreach (var producer in producers)
            {
                await Eventually.That(async () => await StatusAsync(producer, text) == 200, MaxWait, "the new one is known");
            }

            using var revoked = await producers[1].Http.DeleteAsync($"/api/v1/keys/{key.GetProperty("id").GetString()}");
            Assert.That(revoked.IsSuccessStatusCode, Is.True);
            var since = TimeProvider.System.GetTimestamp();
            await Eventually.That(
                async () => (await Task.WhenAll(producers.Select(producer => StatusAsync(producer, text)))).All(status => status == 401),
                MaxWait, "it is refused by all");
            var took = TimeProvider.System.GetElapsedTime(since);
            TestContext.Out.WriteLine($"Refused by all {took.TotalMilliseconds:F0} ms after the answer.");
            Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(1)));
        }
        finally
        {
            foreach (var producer in producers)
            {
                await producer.DisposeAsync();
            }
        }
    }

    private static async Task<int> StatusAsync(ServiceProcess producer, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/timers");
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        using var answer = await producer.Http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    [GeneratedRegex("tmr_first_[a-z0-9]+_[0-9a-f]{8}", RegexOptions.None, 1000)]
    private static partial Regex First();
}
