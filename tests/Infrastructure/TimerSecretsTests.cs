using System.Security.Cryptography;
using System.Text.Json;
using Contracts.Timers;
using Infrastructure.Secrets;
using Infrastructure.Timers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Tests.Infrastructure;

/// <summary>Credentials of timers between the Producer and the Runner.</summary>
public sealed class TimerSecretsTests
{
    private const string Tenant = "acme";

    private static readonly Guid Timer = Guid.NewGuid();

    private static readonly TimerSpec Spec = new()
    {
        Url = new Uri("https://h.example/a/%2e%2e/b?token=planted-1"),
        Headers = new Dictionary<string, string> { ["X-Shop"] = "north", ["Authorization"] = "planted-2" },
    };

    [Test]
    public void What_is_sealed_shows_nothing_and_is_opened_as_it_was()
    {
        var secrets = With(NewKey());
        var made = secrets.Seal(Tenant, Timer, Spec);

        var json = JsonSerializer.Serialize(made, TimersJson.Default.TimerSpec);
        Assert.That(json, Does.Not.Contain("planted"));
        var opened = secrets.Open(Tenant, Timer, JsonSerializer.Deserialize(json, TimersJson.Default.TimerSpec)!)!;
        Assert.That(opened.Url.OriginalString, Is.EqualTo(Spec.Url.OriginalString));
        Assert.That(opened.Headers, Is.EqualTo(Spec.Headers));
        Assert.That(opened.Sealed, Is.Null);
    }

    [Test]
    public void Nothing_sensitive_is_left_alone()
    {
        var plain = new TimerSpec { Url = new Uri("https://h.example/hook") };

        Assert.That(With(NewKey()).Seal(Tenant, Timer, plain), Is.SameAs(plain));
        Assert.That(With(NewKey()).Open(Tenant, Timer, plain), Is.SameAs(plain));
    }

    [Test]
    public void It_is_of_no_use_to_another_timer_tenant_receiver_or_key()
    {
        var secrets = With(NewKey());
        var made = secrets.Seal(Tenant, Timer, Spec);

        Assert.That(secrets.Open("other", Timer, made), Is.Null);
        Assert.That(secrets.Open(Tenant, Guid.NewGuid(), made), Is.Null);
        Assert.That(secrets.Open(Tenant, Timer, made with { Url = new Uri("https://evil.example/a") }), Is.Null);
        Assert.That(secrets.Open(Tenant, Timer, made with { Url = new Uri("http://h.example/a") }), Is.Null);
        Assert.That(secrets.Open(Tenant, Timer, made with { Url = new Uri("https://h.example:444/a") }), Is.Null);
        Assert.That(secrets.Open(Tenant, Timer, made with { Sealed = "x" }), Is.Null);
        Assert.That(With(NewKey()).Open(Tenant, Timer, made), Is.Null);
    }

    [Test]
    public void Keys_rotate()
    {
        var (old, anew) = (NewKey(), NewKey());
        var made = With(old).Seal(Tenant, Timer, Spec);
        var both = With($"{anew},{old}");

        Assert.That(With(old).IsOutdated(made), Is.False);
        Assert.That(both.IsOutdated(made), Is.True);
        var renewed = both.Seal(Tenant, Timer, both.Open(Tenant, Timer, made)!);
        Assert.That(both.IsOutdated(renewed), Is.False);
        Assert.That(With(anew).Open(Tenant, Timer, renewed)!.Headers, Is.EqualTo(Spec.Headers));
    }

    [Test]
    public void Without_a_key_it_stays_as_it_is_and_is_outdated_as_soon_as_there_is_one()
    {
        var kept = With(null).Seal(Tenant, Timer, Spec);

        Assert.That(kept, Is.EqualTo(Spec));
        Assert.That(With(null).Open(Tenant, Timer, kept), Is.EqualTo(Spec));
        Assert.That(With(NewKey()).IsOutdated(kept), Is.True);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static TimerSecrets With(string? key) => new(
        new SecretBox(Options.Create(new SecretOptions { Key = key }), folder: null), NullLogger<TimerSecrets>.Instance);
}
