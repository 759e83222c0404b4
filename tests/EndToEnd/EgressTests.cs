using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>The real program behind an egress proxy, with a receiver that wants mutual TLS, and what stops its start.</summary>
[Parallelizable]
public sealed class EgressTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Webhooks_go_through_the_proxy_and_show_the_receiver_who_sends_them()
    {
        using var folder = new TemporaryFolder();
        using var authority = new TestAuthority();
        using var certificate = authority.IssueServer("bank.example.com");
        var shown = string.Empty;
        await using var bank = await Receiver.StartAsync(
            context =>
            {
                shown = context.Connection.ClientCertificate?.Subject;
                return Task.CompletedTask;
            },
            https =>
            {
                https.ServerCertificate = certificate;
                https.ClientCertificateMode = Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.RequireCertificate;
                https.ClientCertificateValidation = (shown, _, _) => shown.Issuer == authority.Certificate.Subject;
            });
        await using var plain = await Receiver.StartAsync();
        await using var proxy = new EgressServer(
            new Dictionary<string, int> { ["bank.example.com"] = bank.Url.Port, ["shop.example.com"] = plain.Url.Port });
        authority.WriteRoots(folder);
        authority.WriteClient(folder, "timers");
        await File.WriteAllTextAsync(folder.File("receivers.json"), """
            { "receivers": [{
                "destination": "https://bank.example.com", "roots": "roots.pem", "certificate": "timers.pem", "key": "timers.key" }] }
            """);
        await using var standalone = await StandaloneProcess.StartNewAsync(
            $"--Targets:Proxy=http://user:planted-password@127.0.0.1:{proxy.Port}", $"--Receivers:File={folder.File("receivers.json")}");

        var secure = await standalone.Http.CreateAsync(new { url = "https://bank.example.com/hook", delay = "PT0S" });
        var open = await standalone.Http.CreateAsync(new { url = "http://shop.example.com/hook", delay = "PT0S" });
        await Eventually.That(
            async () => await standalone.Http.StateAsync(secure) == "succeeded" && await standalone.Http.StateAsync(open) == "succeeded",
            MaxWait, "both arrive");

        Assert.That((bank.Journal.Single().TimerId, plain.Journal.Single().TimerId, shown), Is.EqualTo((secure, open, "CN=timers")));
        Assert.That(proxy.Requests.Select(each => each.Line), Is.EquivalentTo(new[]
        {
            "CONNECT bank.example.com:443 HTTP/1.1", "POST http://shop.example.com/hook HTTP/1.1",
        }));
        Assert.That(standalone.Output, Does.Not.Contain("planted-password"));
    }

    [TestCase("--Targets:Proxy=socks5://planted@proxy", "Targets:Proxy must be http://")]
    [TestCase("--Targets:Proxxy=http://proxy:3128", "Did you mean Targets:Proxy?")]
    [TestCase("--Receivers:File=/nowhere/at/all.json", "Receivers:File (/nowhere/at/all.json): cannot be read")]
    public async Task What_cannot_be_used_stops_the_start(string setting, string told)
    {
        await using var standalone = new StandaloneProcess(setting);
        await standalone.StartAsync(wait: false);
        await standalone.ExitedAsync();

        Assert.That(standalone.ExitCode, Is.EqualTo(2), standalone.Output);
        Assert.That(standalone.Output, Does.Contain(told).And.Not.Contain("planted").And.Not.Contain("   at "));
    }
}
