using System.Net;
using Infrastructure.Targets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Producer.Http;

namespace Tests.Infrastructure;

/// <summary>Where webhooks may go, however it is spelt and whatever it resolves to.</summary>
public sealed class TargetPolicyTests
{
    private ServiceProvider provider = null!;

    [OneTimeSetUp]
    public void Start() => provider = new ServiceCollection().AddMetrics().BuildServiceProvider();

    [OneTimeTearDown]
    public void Stop() => provider.Dispose();

    // Spellings of IPv4.
    [TestCase("http://127.0.0.1/hook")]
    [TestCase("http://127.0.1/hook")]
    [TestCase("http://127.1/hook")]
    [TestCase("http://2130706433/hook")]
    [TestCase("http://0x7f000001/hook")]
    [TestCase("http://0X7F.1/hook")]
    [TestCase("http://0x7f.0.0x0.1/hook")]
    [TestCase("http://017700000001/hook")]
    [TestCase("http://0177.0.0.1/hook")]
    [TestCase("http://127.000.000.001/hook")]
    [TestCase("http://08.0.0.1/hook")]
    [TestCase("http://3232235777/hook")]
    [TestCase("http://0xa9fea9fe/hook")]
    [TestCase("http://127.0.0.1./hook")]
    [TestCase("http://169.254.169.254../hook")]
    [TestCase("http://256.256.256.256/hook")]
    [TestCase("http://4294967296/hook")]
    [TestCase("http://1.2.3.4.5/hook")]
    [TestCase("http://example.0x1/hook")]
    [TestCase("http://0/hook")]

    // Networks.
    [TestCase("http://0.0.0.0/")]
    [TestCase("http://10.0.0.1:443/hook")]
    [TestCase("http://100.64.0.1/hook")]
    [TestCase("http://100.127.255.255/hook")]
    [TestCase("http://169.254.169.254/hook")]
    [TestCase("http://168.63.129.16/hook")]
    [TestCase("http://172.16.0.1/hook")]
    [TestCase("http://172.31.255.255/hook")]
    [TestCase("http://192.0.0.170/hook")]
    [TestCase("http://192.0.2.1/hook")]
    [TestCase("http://192.88.99.1/hook")]
    [TestCase("http://192.168.1.1/hook")]
    [TestCase("http://198.18.0.1/hook")]
    [TestCase("http://198.19.255.255/hook")]
    [TestCase("http://198.51.100.1/hook")]
    [TestCase("http://203.0.113.1/hook")]
    [TestCase("http://224.0.0.1/hook")]
    [TestCase("http://240.0.0.1/hook")]
    [TestCase("http://255.255.255.255/hook")]

    // IPv6.
    [TestCase("http://[::]/hook")]
    [TestCase("http://[::1]/hook")]
    [TestCase("http://[::ffff:127.0.0.1]/hook")]
    [TestCase("http://[::ffff:8.8.8.8]/hook")]
    [TestCase("http://[::ffff:0:127.0.0.1]/hook")]
    [TestCase("http://[::127.0.0.1]/hook")]
    [TestCase("http://[::5efe:127.0.0.1]/hook")]
    [TestCase("http://[2600::5efe:10.0.0.1]/hook")]
    [TestCase("http://[2600::200:5efe:10.0.0.1]/hook")]
    [TestCase("http://[64:ff9b::7f00:1]/hook")]
    [TestCase("http://[64:ff9b:1::1]/hook")]
    [TestCase("http://[100::1]/hook")]
    [TestCase("http://[2001::1]/hook")]
    [TestCase("http://[2001:20::1]/hook")]
    [TestCase("http://[2001:db8::1]/hook")]
    [TestCase("http://[2002:7f00:1::1]/hook")]
    [TestCase("http://[3fff::1]/hook")]
    [TestCase("http://[5f00::1]/hook")]
    [TestCase("http://[fc00::1]/hook")]
    [TestCase("http://[fd00:ec2::254]/hook")]
    [TestCase("http://[fe80::1]/hook")]
    [TestCase("http://[fe80::1%25eth0]/hook")]
    [TestCase("http://[fec0::1]/hook")]
    [TestCase("http://[ff02::1]/hook")]
    [TestCase("http://[::1%251]/hook")]
    [TestCase("http://[2606:4700::1111%251]/hook")]
    [TestCase("http://[127.0.0.1]/hook")]
    [TestCase("http://[::1/hook")]

    // Names.
    [TestCase("http://localhost/hook")]
    [TestCase("http://LOCALHOST./hook")]
    [TestCase("http://a.localhost/hook")]
    [TestCase("http://instance-data/hook")]
    [TestCase("http://metadata.google.internal/hook")]
    [TestCase("http://kubernetes.default.svc/hook")]
    [TestCase("http://kubernetes.default.svc.cluster.local/hook")]
    [TestCase("http://router.home.arpa/hook")]
    [TestCase("http://printer.lan/hook")]

    // Authorities, Unicode, forms.
    [TestCase("http://user:pw@example.com/")]
    [TestCase("http://@example.com/")]
    [TestCase("http://example.com@127.0.0.1/")]
    [TestCase("http://127.0.0.1\\@example.com/")]
    [TestCase("http://①②⑦.⓪.⓪.①/hook")]
    [TestCase("http://127。0。0。1/hook")]
    [TestCase("http://ⓛocalhost/hook")]
    [TestCase("http://127%2e0%2e0%2e1/hook")]
    [TestCase("http://loc%61lhost/hook")]
    [TestCase("http://hxn--/hook")]
    [TestCase("http://-a.example.com/hook")]
    [TestCase("http://a..example.com/hook")]
    [TestCase("http:/127.0.0.1")]
    [TestCase("http:127.0.0.1")]
    [TestCase("//127.0.0.1/")]
    [TestCase("ftp://example.com/")]
    [TestCase("file:///etc/passwd")]
    [TestCase("javascript:alert(1)")]
    [TestCase("http://example.com:0/")]
    [TestCase("http://example.com:22/")]
    [TestCase("http://example.com:6667/")]
    [TestCase("http://example.com:65536/")]
    [TestCase("https://127.0.0.1:443@example.com:80/")]
    [TestCase("http://example.com/\r\nX-Injected: 1")]
    [TestCase("http:///hook")]
    [TestCase("http://./hook")]
    public void An_inside_or_ambiguous_target_is_refused_when_loopback_is_not_allowed(string url) =>
        Assert.That(new WebTargets(Policy(loopback: false)).Problem(url), Is.Not.Null);

    [TestCase("http://example.com/")]
    [TestCase("https://example.com:8443/a?b=c")]
    [TestCase("http://example.com./")]
    [TestCase("http://bücher.example/ü")]
    [TestCase("http://xn--bcher-kva.example/")]
    [TestCase("http://a_b.example.com/")]
    [TestCase("http://8.8.8.8/")]
    [TestCase("http://172.32.0.1/")]
    [TestCase("http://[2606:4700:4700::1111]/")]
    [TestCase("http://3com.example/")]
    public void An_outside_target_is_taken(string url) => Assert.That(new WebTargets(Policy(loopback: false)).Problem(url), Is.Null);

    [TestCase("http://127.0.0.1:4000/hook", true)]
    [TestCase("http://127.9.9.9/hook", true)]
    [TestCase("http://localhost:4000/hook", true)]
    [TestCase("http://a.localhost/hook", true)]
    [TestCase("http://[::1]:4000/hook", true)]
    [TestCase("http://[::ffff:127.0.0.1]/hook", false)]
    [TestCase("http://169.254.169.254/hook", false)]
    [TestCase("http://10.0.0.1/hook", false)]
    [TestCase("http://receiver:4000/hook", false)]
    [TestCase("http://127.0.0.1:22/hook", false)]
    public void Loopback_is_allowed_by_default_and_nothing_else_inside(string url, bool isTaken) =>
        Assert.That(new WebTargets(Policy()).Problem(url), isTaken ? Is.Null : Is.EqualTo(TargetPolicy.Reason), "one error for all");

    [TestCase("10.1.0.0/16", "http://10.1.2.3/", true)]
    [TestCase("10.1.0.0/16", "http://10.2.2.3/", false)]
    [TestCase("10.1.2.3:8080", "http://10.1.2.3:8080/", true)]
    [TestCase("10.1.2.3:8080", "http://10.1.2.3/", false)]
    [TestCase("fd00::/8", "http://[fd00::1]/", true)]
    [TestCase("[fd00::1]:80", "http://[fd00::1]/", true)]
    [TestCase("[fd00::1]:80", "http://[fd00::1]:81/", false)]
    [TestCase("receiver", "http://receiver:4000/", true)]
    [TestCase("receiver", "http://RECEIVER.:4000/", true)]
    [TestCase("receiver:4000", "http://receiver:4001/", false)]
    [TestCase("*.corp", "http://a.b.corp/", true)]
    [TestCase("*.corp", "http://acorp/", false)]
    [TestCase("mail.example.com:25", "http://mail.example.com:25/", true)]
    public void What_is_allowed_may_be_inside(string allowed, string url, bool isTaken) =>
        Assert.That(new WebTargets(Policy(allow: allowed)).Problem(url), isTaken ? Is.Null : Is.Not.Null);

    [TestCase("8.8.0.0/16", "http://8.8.8.8/")]
    [TestCase("*.example.com", "http://a.example.com/")]
    [TestCase("example.com:8080", "http://example.com:8080/")]
    [TestCase("10.1.2.3", "http://10.1.2.3/")]
    public void What_is_denied_is_refused_even_if_it_is_allowed(string denied, string url) =>
        Assert.That(new WebTargets(Policy(allow: $"10.0.0.0/8,8.8.8.8,{denied}", deny: denied)).Problem(url), Is.Not.Null);

    [Test]
    public void A_name_is_refused_on_connecting_if_any_of_its_addresses_is_inside()
    {
        var policy = Policy(loopback: false);
        IPAddress[] mixed = [IPAddress.Parse("93.184.215.14"), IPAddress.Parse("169.254.169.254")];

        Assert.That(policy.MayConnect("example.com", 443, mixed[..1]), Is.True);
        Assert.That(policy.MayConnect("example.com", 443, mixed), Is.False);
        Assert.That(policy.MayConnect("example.com", 443, [IPAddress.Loopback]), Is.False);
        Assert.That(Policy(allow: "example.com").MayConnect("example.com", 443, mixed), Is.True, "the name is trusted");
        Assert.That(Policy(allow: "169.254.169.254").MayConnect("example.com", 443, mixed), Is.True);
        Assert.That(Policy(deny: "93.184.0.0/16").MayConnect("example.com", 443, mixed[..1]), Is.False);
    }

    [Test]
    public void Reporting_only_lets_everything_through()
    {
        var policy = Policy(loopback: false, reportOnly: true);

        Assert.That(policy.MayName(new Uri("http://10.0.0.1/")), Is.True);
        Assert.That(policy.MayConnect("example.com", 80, [IPAddress.Loopback]), Is.True);
    }

    [TestCase("10.0.0.0/33")]
    [TestCase("a b")]
    [TestCase("receiver:0")]
    [TestCase("receiver:99999")]
    [TestCase("[::1]x")]
    [TestCase("*")]
    public void A_rule_that_is_none_stops_the_start(string rule)
    {
        var services = new ServiceCollection().AddMetrics().AddLogging()
            .AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(
                new Microsoft.Extensions.Configuration.ConfigurationManager { ["Targets:Allow"] = $"10.0.0.0/8, {rule}" })
            .AddTargets();
        using var built = services.BuildServiceProvider();

        Assert.That(
            () => built.GetRequiredService<IOptions<TargetOptions>>().Value,
            Throws.InstanceOf<OptionsValidationException>().With.Message.Contains($"Targets:Allow: '{rule}'"));
    }

    [TestCase("https://proxy.example:3128")]
    [TestCase("http://proxy.example:3128/path")]
    [TestCase("proxy.example:3128")]
    [TestCase("http://user:planted@proxy.example:99999")]
    public void A_proxy_that_is_none_stops_the_start_and_its_password_is_not_repeated(string proxy)
    {
        var services = new ServiceCollection().AddMetrics().AddLogging()
            .AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(new Microsoft.Extensions.Configuration.ConfigurationManager
            {
                ["Targets:Proxy"] = proxy,
                ["Targets:ProxyExcept"] = "*",
            })
            .AddTargets();
        using var built = services.BuildServiceProvider();

        Assert.That(
            () => built.GetRequiredService<IOptions<TargetOptions>>().Value,
            Throws.InstanceOf<OptionsValidationException>().With.Message.Contains("Targets:Proxy must be http://").And.Message
                .Contains("Targets:ProxyExcept: '*'").And.Message.Not.Contains("planted"));
    }

    private TargetPolicy Policy(bool loopback = true, string allow = "", string deny = "", bool reportOnly = false) => new(
        Options.Create(new TargetOptions { Allow = allow, Deny = deny, AllowLoopback = loopback, ReportOnly = reportOnly }),
        provider.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(),
        NullLogger<TargetPolicy>.Instance);
}
