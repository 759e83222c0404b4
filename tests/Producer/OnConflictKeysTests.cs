using System.Net.Http.Json;
using Tests.Support;

namespace Tests.Producer;

/// <summary>What a key needs to replace timers.</summary>
public sealed class OnConflictKeysTests : RestTests
{
    protected override HostedStandalone CreateApp() => new(withKeys: true);

    [Test]
    public async Task Replacing_needs_a_key_that_may_control_timers()
    {
        var (http, _, _) = await App.CreateKeyAsync(Http, new { name = "writer", scopes = new[] { "timers:write" } });
        using var writer = http;
        var request = new { url = Target, delay = "PT1H", id = "guarded", onConflict = "replace" };

        foreach (var (path, body) in new (string, object)[] { (Timers, request), ($"{Timers}/batch", new[] { request }) })
        {
            using var message = await writer.PostAsJsonAsync(path, body);
            var refused = await Answer.ReadAsync(message);
            refused.AssertProblem(403);
            Assert.That(refused.Header("WWW-Authenticate"), Does.Contain("scope=\"timers:control\""));
        }

        using var allowed = await writer.PostAsJsonAsync(Timers, request with { onConflict = "reject" });
        Assert.That((int)allowed.StatusCode, Is.EqualTo(201));
    }
}
