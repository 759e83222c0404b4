using System.Net.Http.Json;
using System.Text.Json;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Live streams end with their key, and short-lived tokens open them.</summary>
public sealed class KeyStreamsTests : RestTests
{
    private const string Stream = "/api/v1/devices/readings/stream";

    protected override HostedStandalone CreateApp() => new(withKeys: true);

    [TestCase("revoke")]
    [TestCase("rotate")]
    public async Task A_stream_ends_when_its_key_is_revoked_or_rotated(string how)
    {
        var (http, id, _) = await App.CreateKeyAsync(Http, new { name = "watch", scopes = new[] { "devices:read" } });
        using var client = http;
        using var answer = await client.GetAsync(Stream, HttpCompletionOption.ResponseHeadersRead);
        Assert.That((int)answer.StatusCode, Is.EqualTo(200));
        await using var stream = await answer.Content.ReadAsStreamAsync();
        Assert.That(await stream.ReadAsync(new byte[4096]), Is.Positive, "the snapshot");

        var done = how == "revoke" ? await DeleteAsync($"/api/v1/keys/{id}") : await PostAsync($"/api/v1/keys/{id}/rotate", "{}");

        Assert.That(done.Status, Is.EqualTo(200));
        Assert.That(async () => await EndAsync(stream).WaitAsync(TimeSpan.FromSeconds(10)), Throws.Nothing, "it ends");
    }

    [Test]
    public async Task A_token_opens_streams_by_the_query_and_nothing_else()
    {
        var (http, id, _) = await App.CreateKeyAsync(Http, new { name = "watch", scopes = new[] { "devices:read", "timers:read" } });
        using var client = http;
        using var made = await client.PostAsync("/api/v1/stream-tokens", null);
        var token = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        using var stranger = App.CreateClient();

        Assert.That(await StatusAsync($"{Stream}?access_token={token}"), Is.EqualTo(200));
        Assert.That(await StatusAsync($"{Stream}?access_token={token}x"), Is.EqualTo(401));
        var another = token.Replace(id, HostedKeys.First.Id, StringComparison.Ordinal);
        Assert.That(await StatusAsync($"{Stream}?access_token={another}"), Is.EqualTo(401), "another key's");
        Assert.That(await StatusAsync($"/api/v1/timers/stream?access_token={token}"), Is.EqualTo(200));
        Assert.That(await StatusAsync($"/api/v1/revenue/stream?access_token={token}"), Is.EqualTo(403), "beyond the key's scopes");
        Assert.That(await StatusAsync($"/api/v1/devices?access_token={token}"), Is.EqualTo(401), "no stream");

        Assert.That((await DeleteAsync($"/api/v1/keys/{id}")).Status, Is.EqualTo(200));
        Assert.That(await StatusAsync($"{Stream}?access_token={token}"), Is.EqualTo(401), "with its key");

        async Task<int> StatusAsync(string path)
        {
            using var answer = await stranger.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            return (int)answer.StatusCode;
        }
    }

    /// <summary>Reads until it ends, in whichever way.</summary>
    private static async Task EndAsync(Stream stream)
    {
        try
        {
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer) > 0)
            {
                // What was on its way.
            }
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            // Cut off.
        }
    }
}
