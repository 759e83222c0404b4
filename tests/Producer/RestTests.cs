using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Speaks HTTP to the real application, hosted in the test process with its data in memory.</summary>
public abstract class RestTests
{
    /// <summary>Nobody listens there, and nothing leaves the machine.</summary>
    protected const string Target = "http://127.0.0.1:2/hook";

    protected const string Timers = "/api/v1/timers";

    protected HostedStandalone App { get; private set; } = null!;

    protected HttpClient Http { get; private set; } = null!;

    [OneTimeSetUp]
    public void Start()
    {
        App = CreateApp();
        Http = App.WithKeys ? App.CreateOperator() : App.CreateClient();
    }

    [OneTimeTearDown]
    public void Stop()
    {
        Http.Dispose();
        App.Dispose();
    }

    protected virtual HostedStandalone CreateApp() => new();

    protected async Task<Answer> SendAsync(
        HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Answer.ReadAsync(await Http.SendAsync(request));
    }

    /// <summary>More than ten megabytes, which the server refuses before it has read them.</summary>
    protected async Task<Answer> SendLargeAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Content(new byte[(10 * 1024 * 1024) + 1]) };
        request.Headers.ExpectContinue = true;
        return await Answer.ReadAsync(await Http.SendAsync(request));
    }

    protected Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    protected Task<Answer> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, Content(body), headers);

    protected Task<Answer> PatchAsync(string path, object body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Patch, path, Content(body), headers);

    protected Task<Answer> DeleteAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Delete, path, null, headers);

    /// <summary>Creates a timer that waits for an hour, unless the fields say something else.</summary>
    protected async Task<Answer> CreateAsync(object? fields = null)
    {
        var answer = await PostAsync(Timers, fields ?? new { url = Target, delay = "PT1H" });
        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
        return answer;
    }

    protected async Task<string> CreateIdAsync(object? fields = null) => (await CreateAsync(fields))["id"];

    protected Task StateBecomesAsync(string id, string state) => Eventually.That(
        async () => (await GetAsync($"{Timers}/{id}"))["state"] == state, TimeSpan.FromSeconds(10), $"{id} is {state}");

    /// <summary>JSON: a string as it stands, anything else serialized.</summary>
    protected static HttpContent? Content(object? body, string type = "application/json") => body switch
    {
        null => null,
        byte[] bytes => new ByteArrayContent(bytes) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } },
        string text => Content(Encoding.UTF8.GetBytes(text), type),
        _ => Content(JsonSerializer.SerializeToUtf8Bytes(body), type),
    };
}
