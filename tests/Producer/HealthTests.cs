using Tests.Support;

namespace Tests.Producer;

/// <summary>Health, metrics, documentation.</summary>
public sealed class HealthTests : RestTests
{
    [TestCase("/health", "ok")]
    [TestCase("/health/live", "ok")]
    [TestCase("/health/ready", "ready")]
    public async Task Health_answers_200_with_the_version(string path, string status)
    {
        var answer = await GetAsync(path);

        Assert.That(
            (answer.Status, answer["status"], answer["version"]), Is.EqualTo((200, status, global::Infrastructure.Hosting.Health.Version)));
    }

    [Test]
    public async Task Metrics_are_in_prometheus_text_format()
    {
        await CreateAsync(new { url = Target, delay = "PT0S" });
        await Eventually.That(
            async () => (await GetAsync("/metrics")).Text.Contains("\ntimers_"), TimeSpan.FromSeconds(10), "the attempt is measured");

        var answer = await GetAsync("/metrics");

        Assert.That((answer.Status, answer.MediaType), Is.EqualTo((200, "text/plain")));
        var lines = answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(
            lines, Has.All.Match(@"^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+|[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? [-+0-9.eEInfNa]+)$"));
    }

    [Test]
    public async Task Docs_show_the_page_that_reads_the_document()
    {
        var page = await GetAsync("/docs");
        var script = await GetAsync("/docs/index.js");

        Assert.That((page.Status, page.MediaType), Is.EqualTo((200, "text/html")));
        Assert.That(page.Text + script.Text, Does.Contain("/openapi/v1.json"));
    }
}
