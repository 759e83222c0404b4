using System.Security.Cryptography;
using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Devices;
using Infrastructure.Devices.Sqlite;
using Infrastructure.Live;
using Infrastructure.Secrets;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Runner.Devices;
using Tests.Support;

namespace Tests.Runner.Devices;

/// <summary>A device's watch moves itself as long as the device is heard of, and reports each silence once.</summary>
public sealed class WatchPassTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);
    private FakeTimeProvider clock = null!;
    private SqliteFile file = null!;
    private SqliteDeviceStore devices = null!;
    private SqliteTimerStore timers = null!;
    private WatchPass pass = null!;
    private long offset;

    [SetUp]
    public async Task Open()
    {
        clock = Clocks.AtNoon();
        file = new SqliteFile(":memory:", DeviceSchema.Apply);
        devices = new SqliteDeviceStore(file);
        timers = new SqliteTimerStore(":memory:", clock);
        pass = Pass(NewKey());
        await devices.ConfigureAsync(
            "default", "door", new DeviceSettings("Door", [], Quiet, "http://127.0.0.1:2/quiet"), clock.GetUtcNow(), default);
    }

    [TearDown]
    public void Close()
    {
        timers.Dispose();
        file.Dispose();
    }

    [Test]
    public async Task A_device_that_is_heard_of_is_never_reported()
    {
        for (var i = 0; i < 10; i++)
        {
            clock.Advance(Quiet / 2);
            await HearAsync();
            Assert.That(await pass.RunOnceAsync(default), Is.Zero);
        }

        Assert.That(await TimersAsync(), Is.Empty);
    }

    [Test]
    public async Task A_silence_is_reported_once_however_long_it_lasts_and_the_next_one_again()
    {
        clock.Advance(TimeSpan.FromMinutes(1));
        await HearAsync();
        var heard = clock.GetUtcNow();

        clock.Advance(Quiet - TimeSpan.FromMilliseconds(1));
        Assert.That(await pass.RunOnceAsync(default), Is.Zero);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(await pass.RunOnceAsync(default), Is.EqualTo(1));
        for (var i = 0; i < 5; i++)
        {
            clock.Advance(Quiet);
            Assert.That(await pass.RunOnceAsync(default), Is.Zero);
        }

        var timer = (await TimersAsync()).Single();
        Assert.That(System.Text.Encoding.UTF8.GetString(timer.Spec.Body!.Utf8.Span), Does.Contain("\"device\":\"door\"")
            .And.Contain($"\"since\":\"{Written(heard)}\"").And.Contain("\"name\":\"Door\""));
        Assert.That((await devices.FindAsync("default", "door", default))!.SilentSince, Is.EqualTo(heard));

        await HearAsync();
        clock.Advance(Quiet);
        await pass.RunOnceAsync(default);
        clock.Advance(Quiet);
        await pass.RunOnceAsync(default);
        Assert.That(await TimersAsync(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_device_that_nothing_was_ever_heard_of_is_silent_since_its_watch_began()
    {
        clock.Advance(Quiet);

        Assert.That(await pass.RunOnceAsync(default), Is.EqualTo(1));
        Assert.That((await devices.FindAsync("default", "door", default))!.SilentSince, Is.EqualTo(Clocks.Noon));
    }

    [Test]
    public async Task A_watch_that_is_taken_away_reports_nothing()
    {
        await devices.ConfigureAsync("default", "door", DeviceSettings.None, clock.GetUtcNow(), default);
        clock.Advance(Quiet * 3);

        Assert.That(await pass.RunOnceAsync(default), Is.Zero);
        Assert.That(await TimersAsync(), Is.Empty);
    }

    [Test]
    public async Task A_token_in_the_address_is_encrypted_in_the_settings_and_in_the_webhook()
    {
        var key = NewKey();
        pass = Pass(key);
        await ConfigureAsync(key, "http://127.0.0.1:2/quiet?token=planted");
        var stored = (await devices.FindAsync("default", "door", default))!.Settings;
        Assert.That(stored.QuietUrl, Is.EqualTo("http://127.0.0.1:2/quiet?token=********"));
        clock.Advance(Quiet);

        Assert.That(await pass.RunOnceAsync(default), Is.EqualTo(1));

        var timer = (await TimersAsync())[0];
        Assert.That(timer.Spec.Url.OriginalString, Is.EqualTo("http://127.0.0.1:2/quiet?token=********"));
        Assert.That(
            TimerSecretsWith(key).Open(timer.Tenant, timer.Key, timer.Spec)!.Url.OriginalString,
            Is.EqualTo("http://127.0.0.1:2/quiet?token=planted"));
    }

    [Test]
    public async Task An_address_that_cannot_be_decrypted_waits_and_holds_up_no_other()
    {
        var key = NewKey();
        await ConfigureAsync(key, "http://127.0.0.1:2/quiet?token=planted");
        await devices.ConfigureAsync(
            "default", "hall", new DeviceSettings("Hall", [], Quiet, "http://127.0.0.1:2/hall"), clock.GetUtcNow(), default);
        clock.Advance(Quiet);

        Assert.That(await pass.RunOnceAsync(default), Is.EqualTo(1), "the other one");
        Assert.That((await TimersAsync()).Select(timer => timer.Spec.Url.AbsolutePath), Is.EqualTo(new[] { "/hall" }));
        Assert.That(await devices.FindDueWatchesAsync(clock.GetUtcNow(), 10, default), Is.Empty);

        pass = Pass(key);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await pass.RunOnceAsync(default), Is.EqualTo(1), "once the key is there again");
        Assert.That((await devices.FindAsync("default", "door", default))!.SilentSince, Is.Not.Null);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static SecretBox BoxWith(string key) => new(Options.Create(new SecretOptions { Key = key }), folder: null);

    private static TimerSecrets TimerSecretsWith(string key) => new(BoxWith(key), NullLogger<TimerSecrets>.Instance);

    private static DeviceSecrets DeviceSecretsWith(string key) => new(BoxWith(key), NullLogger<DeviceSecrets>.Instance);

    private WatchPass Pass(string key) => new(
        devices, timers, new NoNotices(), new WallClock(clock), DeviceSecretsWith(key), TimerSecretsWith(key),
        NullLogger<WatchPass>.Instance);

    private Task ConfigureAsync(string key, string url) => devices.ConfigureAsync(
        "default", "door", DeviceSecretsWith(key).Seal("default", "door", new DeviceSettings("Door", [], Quiet, url)), clock.GetUtcNow(),
        default);

    private Task HearAsync() => devices.AddAsync(
        [new Received<ReadingsReceived>(
            new ReadingsReceived("door", [offset], [1], new EventStamp(clock.GetUtcNow())),
            new LogPosition(Guid.Parse("0b0b6d8e-3d9a-4d5f-8f8a-1f3b5c7d9e11"), 0, offset++))],
        default);

    private static string Written(DateTimeOffset instant) => Rfc3339.ToString(instant);

    private async Task<IReadOnlyList<TimerRecord>> TimersAsync()
    {
        var page = await timers.ListAsync(new TimerQuery(), default);
        return await timers.FindAsync("default", [.. page.Items.Select(item => item.Key)], default);
    }
}
