using System.Text.Json;
using Contracts.Timers;
using Runner.Timers.Armed;
using Tests.Support;

namespace Tests.Runner;

/// <summary>Whatever is stored, one timer's trouble stays its own: others of its batch are sent, and nothing ends the Runner.</summary>
public sealed class UnusualSpecsTests
{
    [TestCase("""{"url":"hook"}""")]
    [TestCase("""{"url":"//receiver/hook"}""")]
    [TestCase("""{"url":""}""")]
    [TestCase("""{"url":"mailto:somebody@receiver"}""")]
    [TestCase("""{"url":"file:///etc/passwd"}""")]
    [TestCase("{\"url\":\"http://\u2488\u2488.com/\"}")]
    [TestCase("{\"url\":\"http://\u00ad\u00ad/\"}")]
    [TestCase("""{"url":"http://127.0.0.1:2/","headers":{"a":null}}""")]
    [TestCase("""{"url":"http://127.0.0.1:2/","method":null}""")]
    [TestCase("""{"url":"http://127.0.0.1:2/","method":""}""")]
    [TestCase("""{"url":"http://127.0.0.1:2/","timeout":"-00:00:05"}""")]
    [TestCase("""{"url":"http://127.0.0.1:2/","body":{}}""")]
    public async Task A_spec_that_no_Producer_of_ours_would_take_harms_no_other_timer(string json)
    {
        TimerSpec spec;
        try
        {
            spec = JsonSerializer.Deserialize(json, TimersJson.Default.TimerSpec)!;
        }
        catch (JsonException)
        {
            Assert.Pass("It becomes a dead letter.");
            return;
        }

        await using var receiver = await Receiver.StartAsync();
        await using var parts = await RunnerParts.StartAsync();
        var odd = ATimer.New().WithSpec(_ => spec).Build();
        var other = ATimer.New().WithSpec(whole => whole with { Url = receiver.At("/hook") }).Build();
        await parts.Store.AddAsync([odd, other], default);

        var claimed = await parts.Store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, Clocks.Noon, 10, long.MaxValue), default);
        parts.Enqueue(parts.Armed.Add(claimed, Lane.Overdue));

        await Eventually.That(() => receiver.Count == 1, TimeSpan.FromSeconds(10), "the other one is sent");
        await Eventually.That(
            async () => (await parts.Store.FindAttemptsAsync(odd.TimerId, default)).Count == 1, TimeSpan.FromSeconds(10),
            "its own firing fails");
    }
}
