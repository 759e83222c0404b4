using Tests.Support;

namespace Tests.Producer;

/// <summary>Headers that keep answers from being guessed at, kept, framed or run.</summary>
public sealed class SafeHeadersTests : RestTests
{
    [Test]
    public async Task Every_answer_has_them()
    {
        foreach (var path in Route.All(App.Services).Where(route => route.Method == "GET").Select(route => route.Path).Append("/none"))
        {
            using var answer = await Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            Assert.Multiple(() =>
            {
                Assert.That(answer.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }), path);
                Assert.That(answer.Headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "no-referrer" }), path);
                Assert.That(answer.Headers.CacheControl?.ToString(), Does.Match("no-store|no-cache"), path);
                Assert.That(answer.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("frame-ancestors 'none'"), path);
            });
        }
    }

    [Test]
    public async Task The_page_runs_its_own_scripts_only()
    {
        var page = await GetAsync("/docs/index.html");

        Assert.That(page.Status, Is.EqualTo(200));
        Assert.That(page.Header("Content-Security-Policy"), Does.StartWith("default-src 'self';").And.Not.Contain("script-src"));
    }
}
