using Microsoft.Playwright;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>A page that its reader's own browser opened tries to drive the service on the reader's machine, in a real Chromium.</summary>
[Parallelizable]
public sealed class BrowserAttackTests
{
    private const string Timer = """{"url":"http://127.0.0.1:2/","delay":"PT1H"}""";

    /// <summary>Tells how a request ended that may be refused before it has an answer.</summary>
    private const string Try = """
        const attempt = async (send) => { try { const answer = await send(); return answer.type + ' ' + answer.status; }
          catch (error) { return 'refused: ' + error.message; } };
        """;

    private StandaloneProcess standalone = null!;
    private WebPage evil = null!;
    private Browser browser = null!;
    private IPage page = null!;

    private string Service => standalone.Http.BaseAddress!.ToString().TrimEnd('/');

    private string Rebound => $"http://evil.example:{standalone.Http.BaseAddress!.Port}";

    [OneTimeSetUp]
    public async Task Start()
    {
        browser = await Browser.StartAsync("evil.example");
        evil = await WebPage.StartAsync();
        standalone = await StandaloneProcess.StartNewAsync();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        foreach (var each in new IAsyncDisposable?[] { standalone, evil, browser }.OfType<IAsyncDisposable>())
        {
            await each.DisposeAsync();
        }
    }

    [SetUp]
    public async Task Open()
    {
        page = await browser.OpenAsync(bypassesPolicy: true);
        await page.GotoAsync($"http://evil.example:{evil.Port}/");
    }

    [TearDown]
    public Task Close() => page.CloseAsync();

    [Test]
    public async Task The_services_own_page_creates_a_timer_so_the_attacks_could_succeed()
    {
        await page.GotoAsync($"{Service}/docs/index.html");
        var before = await CountAsync();

        var told = await page.EvaluateAsync<string>(
            (Try + """
            return attempt(() =>
              fetch('/api/v1/timers', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: timer}));
            """).AsBody("timer"), Timer);

        Assert.That((told, await CountAsync()), Is.EqualTo(("basic 201", before + 1)));
    }

    [TestCase("new Blob([timer])", TestName = "{m}(Blob without a type)")]
    [TestCase("new Blob([timer], {type: 'text/plain'})", TestName = "{m}(Blob of text)")]
    [TestCase("timer", TestName = "{m}(text)")]
    [TestCase("new URLSearchParams({url: 'http://127.0.0.1:2/', delay: 'PT1H'})", TestName = "{m}(form fields)")]
    [TestCase("(() => { const form = new FormData(); form.append('url', timer); return form; })()", TestName = "{m}(form data)")]
    public async Task A_fetch_creates_nothing(string body)
    {
        var before = await CountAsync();

        var told = await page.EvaluateAsync<string>(
            (Try + $"return attempt(() => fetch('{Service}/api/v1/timers', {{method: 'POST', mode: 'no-cors', body: {body}}}));")
                .AsBody("timer"), Timer);

        // The answer cannot be read, but it has come: the request went out and was refused.
        Assert.That((told, await CountAsync()), Is.EqualTo(("opaque 0", before)));
    }

    [TestCase("text/plain")]
    [TestCase("application/json")]
    public async Task A_beacon_creates_nothing(string type)
    {
        var before = await CountAsync();

        await page.EvaluateAsync(
            $"timer => navigator.sendBeacon('{Service}/api/v1/timers', new Blob([timer], {{type: '{type}'}}))", Timer);

        // Sent after it, on the same way: by the time that this is answered, the beacon has been.
        await ReadAsync();
        Assert.That(await CountAsync(), Is.EqualTo(before));
    }

    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("text/plain")]
    [TestCase("multipart/form-data")]
    public async Task A_form_fires_nothing(string type)
    {
        var id = await standalone.Http.CreateAsync(new { url = "http://127.0.0.1:2/", delay = "PT1H" });

        var answer = await page.RunAndWaitForResponseAsync(
            () => page.EvaluateAsync($$"""
                () => {
                  const form = document.createElement('form');
                  Object.assign(form, {method: 'post', action: '{{Service}}/api/v1/timers/{{id}}/fire', enctype: '{{type}}'});
                  document.body.append(form);
                  form.submit();
                }
                """),
            response => response.Request.Method == "POST");

        Assert.That((answer.Status, await standalone.Http.StateAsync(id)), Is.EqualTo((403, "scheduled")));
    }

    [Test]
    public async Task Nothing_can_be_read_from_another_origin()
    {
        Assert.That(await ReadAsync(), Does.StartWith("refused"));
        var streamed = await page.EvaluateAsync<string>($$"""
            () => new Promise(done => {
              const events = new EventSource('{{Service}}/api/v1/devices/readings/stream');
              events.onopen = () => done('open');
              events.onerror = () => { events.close(); done('refused'); };
            })
            """);
        Assert.That(streamed, Is.EqualTo("refused"));
        var socket = await page.EvaluateAsync<string>($$"""
            () => new Promise(done => {
              const socket = new WebSocket('{{Service.Replace("http", "ws", StringComparison.Ordinal)}}/api/v1/devices/readings/stream');
              socket.onopen = () => done('open');
              socket.onerror = () => done('refused');
            })
            """);
        Assert.That(socket, Is.EqualTo("refused"));
    }

    [Test]
    public async Task A_name_that_leads_here_reads_and_changes_nothing()
    {
        var id = await standalone.Http.CreateAsync(new { url = "http://127.0.0.1:2/", delay = "PT1H" });
        foreach (var path in new[] { "/api/v1/timers", "/docs/index.html", "/metrics", "/health", "/openapi/v1.json", "/none" })
        {
            Assert.That((await page.GotoAsync($"{Rebound}{path}"))!.Status, Is.EqualTo(421), path);
        }

        // From here on the browser takes the page and the service for one origin.
        var told = await page.EvaluateAsync<string[]>(
            (Try + $$"""
            return Promise.all([
              attempt(() => fetch('/api/v1/timers')),
              attempt(() => fetch('/api/v1/timers/{{id}}', {method: 'DELETE'})),
              attempt(() => fetch('/api/v1/timers', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: timer})),
            ]);
            """).AsBody("timer"), Timer);

        Assert.That(told, Is.All.EqualTo("basic 421"));
        Assert.That(await standalone.Http.StateAsync(id), Is.EqualTo("scheduled"));
    }

    private Task<string> ReadAsync() =>
        page.EvaluateAsync<string>((Try + $"return attempt(() => fetch('{Service}/api/v1/timers'));").AsBody(string.Empty));

    private Task<long> CountAsync() => standalone.Http.CountAsync("scheduled");
}

/// <summary>JavaScript for a page.</summary>
internal static class Scripts
{
    public static string AsBody(this string statements, string parameter) => $"async ({parameter}) => {{ {statements} }}";
}
