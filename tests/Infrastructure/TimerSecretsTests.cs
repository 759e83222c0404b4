using System.Security.Cryptography;
using System.Text.Json;
using Contracts.Timers;
using Infrastructure.Secrets;
using Infrastructure.Timers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tests.Support;

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

    /// <summary>Made outside of this program: what a release has stored stays readable.</summary>
    [Test]
    public void What_0_1_0_has_sealed_is_opened()
    {
        var stored = new TimerSpec
        {
            Url = new Uri("https://h.example/a/%2e%2e/b?token=********"),
            Headers = new Dictionary<string, string> { ["X-Shop"] = "north", ["Authorization"] = "********" },
            Sealed =
                "AZy4UQKMFxHVZGVmZ2hpamtsbW5vhC+VvbI2+azCqYIf8IZ9njM5qxQVy2y8VhYrmKlfRdIq7GNy6gGDHsL+zWfe"
                + "kcBtpoxvonNm9G+YnUVPkSOku34/tdYCZmNAn5DIs53yh7Bzrpp7oiNUd+IVjDd45V/EXlpvWMar+aO73ATmBm4=",
        };

        var opened = With("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").Open(
            Tenant, Guid.Parse("01976a3c-4c00-7d6b-9a7e-1f2d3c4b5a69"), stored)!;

        Assert.That(opened.Url.OriginalString, Is.EqualTo(Spec.Url.OriginalString));
        Assert.That(opened.Headers, Is.EqualTo(Spec.Headers));
    }

    /// <summary>Only masks stand for what is encrypted: what somebody has put there since is sent.</summary>
    [Test]
    public void What_was_changed_since_is_sent_as_it_was_changed()
    {
        var secrets = With(NewKey());
        var made = secrets.Seal(Tenant, Timer, Spec);

        var opened = secrets.Open(Tenant, Timer, made with
        {
            Url = new Uri("https://h.example/b?token=********"),
            Headers = new Dictionary<string, string> { ["X-Shop"] = "********", ["Authorization"] = "anew" },
        })!;

        Assert.That(opened.Url.OriginalString, Is.EqualTo("https://h.example/b?token=planted-1"));
        Assert.That(opened.Headers, Is.EqualTo(new Dictionary<string, string> { ["X-Shop"] = "********", ["Authorization"] = "anew" }));
    }

    [Test]
    public void Damaged_text_is_neither_opened_nor_outdated()
    {
        var damaged = Spec with { Sealed = "not base64" };

        Assert.That(With(NewKey()).Open(Tenant, Timer, damaged), Is.Null);
        Assert.That(With(NewKey()).IsOutdated(damaged), Is.False);
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

    [Test]
    public void That_there_is_no_key_is_told_once_and_only_if_one_is_needed()
    {
        var log = new KeptLog<TimerSecrets>();
        var secrets = new TimerSecrets(new SecretBox(Options.Create(new SecretOptions()), folder: null), log);

        secrets.Seal(Tenant, Timer, new TimerSpec { Url = new Uri("https://h.example/hook") });
        Assert.That(log.Text, Is.Empty);
        secrets.Seal(Tenant, Timer, Spec);
        secrets.Seal(Tenant, Guid.NewGuid(), Spec);

        Assert.That(log.Text, Does.StartWith("4504 ").And.Not.Contain("\n").And.Not.Contain("planted"));
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static TimerSecrets With(string? key) => new(
        new SecretBox(Options.Create(new SecretOptions { Key = key }), folder: null), NullLogger<TimerSecrets>.Instance);
}
