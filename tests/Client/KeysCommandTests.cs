using Client;
using Tests.Support;

namespace Tests.Client;

/// <summary>timers keys, against the real application.</summary>
public sealed class KeysCommandTests
{
    [Test]
    public async Task From_the_first_key_to_a_revoked_one()
    {
        using var app = new HostedStandalone();
        using var http = app.CreateClient();
        var url = http.BaseAddress!.ToString();

        var (refusedCode, _, refused) = await RunAsync("create", "--name", "ci", "--scopes", "read", "--url", url);
        Assert.That((refusedCode, refused), Is.EqualTo((1, refused)));
        Assert.That(refused, Does.Contain("needs the scope admin"));

        var (code, made, _) = await RunAsync("create", "--name", "ops", "--scopes", "admin", "--url", url);
        Assert.That(code, Is.Zero);
        var admin = made.Split('\n')[0].Trim();
        Assert.That((int)(await http.GetAsync("/api/v1/timers")).StatusCode, Is.EqualTo(401), "now everybody needs one");

        var (_, second, _) = await RunAsync(
            "create", "--name", "ci", "--scopes", "timers:read,timers:write", "--url", url, "--key", admin);
        var key = second.Split('\n')[0].Trim();
        var id = key.Split('_')[1];
        Assert.That(await StatusAsync(key), Is.EqualTo(200));

        var (_, rotated, _) = await RunAsync("rotate", id, "--overlap", "01:00:00", "--url", url, "--key", admin);
        var next = rotated.Split('\n')[0].Trim();
        Assert.That((await StatusAsync(key), await StatusAsync(next)), Is.EqualTo((200, 200)));

        var (_, listed, _) = await RunAsync("list", "--url", url, "--key", admin);
        Assert.That(listed, Does.Contain($"{id}  active  default  timers:read,timers:write  ci").And.Not.Contain(key));

        Assert.That((await RunAsync("revoke", id, "--url", url, "--key", admin)).Code, Is.Zero);
        Assert.That((await StatusAsync(key), await StatusAsync(next)), Is.EqualTo((401, 401)));
        var (badCode, _, bad) = await RunAsync("create", "--name", "x", "--scopes", "reed", "--url", url, "--key", admin);
        Assert.That(badCode, Is.EqualTo(1));
        Assert.That(bad, Does.Contain("scopes[0] must be read"));

        async Task<int> StatusAsync(string text)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/timers");
            request.Headers.Add("X-Api-Key", text);
            return (int)(await http.SendAsync(request)).StatusCode;
        }
    }

    [Test]
    public async Task A_generated_key_is_one_and_an_unreachable_service_is_told()
    {
        var (_, text, _) = await RunAsync("generate");
        Assert.That(global::Contracts.Access.KeyText.TryParse(text.Trim(), out _), Is.True);

        var (code, _, error) = await RunAsync("list", "--url", "http://127.0.0.1:2");
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("http://127.0.0.1:2 cannot be reached"));
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await KeysCommand.Create(output, errors).Parse(arguments).InvokeAsync();
        return (code, output.ToString(), errors.ToString());
    }
}
