using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Contracts.Signing;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Signatures of the real program, with its secrets in the data folder.</summary>
[Parallelizable]
public sealed class SignedWebhooksTests
{
    private const string Secrets = "/api/v1/signing-secrets";

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task A_secret_outlives_a_kill_and_stands_in_no_file_and_in_no_output()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var (id, first) = await MakeAsync(standalone, Secrets, new { });
        await standalone.KillAsync();
        await standalone.StartAsync();

        Assert.That(Verify(await FireAsync(standalone, receiver), first), Is.EqualTo(SignatureVerdict.Valid));
        var (_, second) = await MakeAsync(standalone, $"{Secrets}/{id}/rotate", new { });
        await standalone.KillAsync();
        await standalone.StartAsync();

        var both = await FireAsync(standalone, receiver);
        Assert.That((Verify(both, first), Verify(both, second)), Is.EqualTo((SignatureVerdict.Valid, SignatureVerdict.Valid)));
        await standalone.TerminateAsync();
        AssertOwnerOnly(Path.Combine(standalone.Folder, "data", "secrets.key"));
        foreach (var secret in new[] { first, second })
        {
            Assert.That(WebhookSecret.TryParse(secret, out var bytes), Is.True);
            string[] forms = [secret["whsec_".Length..], Encoding.Latin1.GetString(bytes!), Convert.ToHexString(bytes!)];
            Assert.That(standalone.Output, Does.Not.Contain(forms[0]));
            foreach (var file in Directory.EnumerateFiles(standalone.Folder, "*", SearchOption.AllDirectories))
            {
                var content = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
                Assert.That(Array.Exists(forms, form => content.Contains(form, StringComparison.Ordinal)), Is.False, file);
            }
        }
    }

    [Test]
    public async Task Without_its_key_webhooks_wait_and_say_why_until_it_is_back()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var (_, secret) = await MakeAsync(standalone, Secrets, new { });
        await standalone.TerminateAsync();
        var key = Path.Combine(standalone.Folder, "data", "secrets.key");
        File.Move(key, $"{key}.away");

        await standalone.StartAsync();
        var timer = await standalone.Http.CreateAsync(new { url = receiver.At("/hook"), delay = "PT0S" });
        await Eventually.That(
            async () => (await standalone.Http.GetStringAsync("/health/ready")).Contains("signing secrets", StringComparison.Ordinal),
            MaxWait, "readiness tells");
        Assert.That(receiver.Count, Is.Zero, "unsigned, the receiver would refuse it");
        Assert.That(standalone.Output, Does.Contain("cannot be decrypted"));
        await standalone.TerminateAsync();

        File.Move($"{key}.away", key);
        await standalone.StartAsync();
        await Eventually.That(() => receiver.Count > 0, MaxWait, "it is sent");
        Assert.That(receiver.Journal[0].TimerId, Is.EqualTo(timer));
        Assert.That(receiver.Journal[0].Attempt, Is.EqualTo(1), "the waiting was no attempt");
        Assert.That(Verify(receiver.Journal[0], secret), Is.EqualTo(SignatureVerdict.Valid));
    }

    [TestCase("--Secrets:Key=abc", "Key")]
    [TestCase("--Secrets:KeyFile=/nowhere/at/all", "KeyFile")]
    [TestCase("--Secrets:Keyy=abc", "Secrets:Keyy")]
    public async Task A_key_that_is_none_stops_the_start(string setting, string named)
    {
        await using var standalone = new StandaloneProcess(setting);
        await standalone.StartAsync(wait: false);
        await standalone.ExitedAsync();

        Assert.That(standalone.ExitCode, Is.EqualTo(2), standalone.Output);
        Assert.That(standalone.Output, Does.Contain(named).And.Not.Contain("   at "));
    }

    private static async Task<(string Id, string Secret)> MakeAsync(StandaloneProcess standalone, string path, object request)
    {
        using var answer = await standalone.Http.PostAsJsonAsync(path, request);
        var made = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.That(answer.IsSuccessStatusCode, Is.True, made.GetRawText());
        return (made.GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!);
    }

    private static async Task<Arrival> FireAsync(StandaloneProcess standalone, Receiver receiver)
    {
        var id = await standalone.Http.CreateAsync(new { url = receiver.At("/hook"), delay = "PT0S", body = new { name = "größer" } });
        await Eventually.That(() => receiver.Journal.Any(each => each.TimerId == id), MaxWait, "it arrives");
        return receiver.Journal.First(each => each.TimerId == id);
    }

    private static SignatureVerdict Verify(Arrival arrival, string text)
    {
        Assert.That(WebhookSecret.TryParse(text, out var secret), Is.True);
        return WebhookSignature.Verify(
            [secret!], arrival.Headers["webhook-id"], arrival.Headers["webhook-timestamp"],
            arrival.Headers.GetValueOrDefault("webhook-signature"), Encoding.UTF8.GetBytes(arrival.Body), arrival.At);
    }

    private static void AssertOwnerOnly(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }
}
