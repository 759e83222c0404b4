using Client;
using Client.Connections;
using Contracts.Signing;
using Infrastructure.Secrets;
using Tests.Support;

namespace Tests.Client;

/// <summary>timers secrets, against the real application.</summary>
public sealed class SecretsCommandTests
{
    private const string Given = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Test]
    public async Task From_the_first_secret_to_a_deleted_one()
    {
        await using var app = new HostedStandalone(withKeys: true);
        using var http = app.CreateClient();
        string[] service = ["--url", http.BaseAddress!.ToString(), "--key", HostedKeys.First.Text];

        var (code, made, _) = await RunAsync(["create", "--destination", "https://hooks.example.com", .. service]);
        Assert.That(code, Is.Zero);
        var secret = made.Split('\n')[0].Trim();
        Assert.That(WebhookSecret.TryParse(secret, out _), Is.True, made);
        var (_, other, _) = await RunAsync(["create", "--secret", Given, .. service]);
        Assert.That(other, Does.StartWith(Given));

        var (_, listed, _) = await RunAsync(["list", .. service]);
        var id = listed.Split('\n').Single(line => line.Contains("https://hooks.example.com", StringComparison.Ordinal)).Split(' ')[0];
        Assert.That(listed, Does.Contain("(default)").And.Not.Contain(secret).And.Not.Contain(Given));
        Assert.That(made, Does.Contain(id));

        var (_, rotated, _) = await RunAsync(["rotate", id, "--overlap", "2.00:00:00", .. service]);
        Assert.That(WebhookSecret.TryParse(rotated.Split('\n')[0].Trim(), out _), Is.True, rotated);
        Assert.That((await RunAsync(["list", .. service])).Output, Does.Contain("signs as well until"));

        Assert.That(await RunAsync(["delete", id, .. service]), Is.EqualTo((0, $"{id} is deleted.{Environment.NewLine}", "")));
        var (goneCode, _, gone) = await RunAsync(["delete", id, .. service]);
        Assert.That((goneCode, gone), Is.EqualTo((1, gone)));
        Assert.That(gone, Does.StartWith("404 "));
        var (badCode, _, bad) = await RunAsync(["create", "--destination", "hooks.example.com", .. service]);
        Assert.That((badCode, bad), Is.EqualTo((1, bad)));
        Assert.That(bad, Does.Contain("destination must be scheme, host and port"));
    }

    [Test]
    public async Task Of_a_pair_of_keys_the_public_one_is_printed_and_listed()
    {
        await using var app = new HostedStandalone(withKeys: true);
        using var http = app.CreateClient();
        string[] service = ["--url", http.BaseAddress!.ToString(), "--key", HostedKeys.First.Text];

        var (code, made, errors) = await RunAsync(["create", "--kind", "v1a", .. service]);
        Assert.That(code, Is.Zero, errors);
        var key = made.Split('\n')[0].Trim();
        Assert.That(WebhookPublicKey.TryParse(key, out _), Is.True, made);
        var (_, listed, _) = await RunAsync(["list", .. service]);
        Assert.That(listed, Does.Contain($"(default)  v1a  made").And.Contain(key));
        var id = listed.Split(' ')[0];
        Assert.That(made, Does.Contain(id));

        var (_, rotated, _) = await RunAsync(["rotate", id, .. service]);
        Assert.That((await RunAsync(["list", .. service])).Output, Does.Contain(rotated.Split('\n')[0].Trim()).And.Contain(key));
        var (_, secret, _) = await RunAsync(["rotate", id, "--kind", "v1", .. service]);
        Assert.That(WebhookSecret.TryParse(secret.Split('\n')[0].Trim(), out _), Is.True, secret);
        Assert.That((await RunAsync(["create", "--kind", "v2", .. service])).Code, Is.Not.Zero);
    }

    [Test]
    public async Task A_generated_key_is_one_and_an_unreachable_service_is_told()
    {
        var (_, text, _) = await RunAsync(["generate-key"]);
        var options = new SecretOptions { Key = text };
        Assert.That(options.Validate(new System.ComponentModel.DataAnnotations.ValidationContext(options)), Is.Empty);

        var (code, _, error) = await RunAsync(["list", "--url", "http://127.0.0.1:2"]);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("http://127.0.0.1:2 cannot be reached"));
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await SecretsCommand.Create(new Shell(output, errors)).Parse(arguments).InvokeAsync();
        return (code, output.ToString(), errors.ToString());
    }
}
