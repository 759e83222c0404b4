using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Contracts.Common;
using Contracts.Devices;
using Contracts.Live;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Devices;

namespace Runner.Devices;

/// <summary>
/// Checks devices whose watch is due. One that has sent something meanwhile is checked again when it would have been silent for too long;
/// for one that has not, a webhook is created through the timers' port. Readings cost nothing more: only the device's last arrival is read.
/// </summary>
/// <param name="store">The devices.</param>
/// <param name="timers">Where the webhooks are created.</param>
/// <param name="live">Told of both.</param>
/// <param name="clock">Decides who is silent.</param>
/// <param name="secrets">Decrypts tokens in the devices' settings.</param>
/// <param name="sealer">Encrypts tokens in the webhooks' addresses.</param>
/// <param name="logger">Told of settings that cannot be decrypted.</param>
internal sealed partial class WatchPass(
    IDeviceStore store, ITimerStore timers, ILiveNotices live, IStoreClock clock, DeviceSecrets secrets, ITimerSealer sealer,
    ILogger<WatchPass> logger)
{
    private const int Limit = 100;

    /// <summary>When a device whose address cannot be decrypted is looked at again: until then it holds up no other.</summary>
    private static readonly TimeSpan Undecrypted = TimeSpan.FromMinutes(1);

    /// <returns>How many devices were found silent.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var silent = 0;
        IReadOnlyList<WatchedDevice> due;
        do
        {
            due = await store.FindDueWatchesAsync(clock.Now, Limit, cancellationToken);
            foreach (var watched in due)
            {
                silent += await CheckAsync(watched, cancellationToken) ? 1 : 0;
            }
        }
        while (due.Count == Limit && !cancellationToken.IsCancellationRequested);

        return silent;
    }

    private async Task<bool> CheckAsync(WatchedDevice watched, CancellationToken cancellationToken)
    {
        var (device, now) = (watched.Device, clock.Now);
        if (device.Settings.QuietAfter is not { } after || device.Settings.QuietUrl is null)
        {
            return false;
        }

        // A device that nothing was ever heard of is silent since its watch began.
        var heard = device.LastSeenAt ?? DateTimeOffset.MinValue;
        if (device.SilentSince is { } since && heard <= since)
        {
            await store.TryMoveWatchAsync(watched, now + after, since, cancellationToken);
            return false;
        }

        var begun = watched.DueAt - after;
        var quietFrom = heard > begun ? heard : begun;
        if (quietFrom + after > now)
        {
            await store.TryMoveWatchAsync(watched, quietFrom + after, null, cancellationToken);
            return false;
        }

        if (secrets.Open(watched.Tenant, device.Id, device.Settings) is not { } url)
        {
            // Without its token the report would be lost.
            LogUndecrypted(device.Id, watched.Tenant);
            await store.TryMoveWatchAsync(watched, now + Undecrypted, null, cancellationToken);
            return false;
        }

        var silentSince = device.LastSeenAt ?? begun;
        var created = Create(watched, silentSince, new Uri(url), now);

        // The webhook first, under an id of this round's own: if this ends in between, the next check creates the same one.
        await timers.AddAsync([created], cancellationToken);
        live.NoteTimer(watched.Tenant, created.Message.TimerId, created.Message.Spec.OwnId);
        var isMoved = await store.TryMoveWatchAsync(watched, now + after, silentSince, cancellationToken);
        live.Note(watched.Tenant, DeviceMessages.Topic, device.Id);
        return isMoved;
    }

    private Received<TimerScheduled> Create(WatchedDevice watched, DateTimeOffset since, Uri url, DateTimeOffset now)
    {
        var name = $"{watched.Tenant}\0{watched.Device.Id}\0{Rfc3339.ToString(watched.DueAt)}";
        var id = $"device-silent-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16))}";
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new DeviceSilent("device.silent", watched.Device.Id, watched.Device.Settings.Name, Rfc3339.ToString(since),
                watched.Device.LatestAt is { } at ? ShortInstant.ToString(TickTime.ToInstant(at)) : null),
            WatchJson.Default.DeviceSilent);
        var spec = new TimerSpec { Url = url, Body = new RawContent(body, IsJson: true), OwnId = id, Tags = ["device-silent"] };
        var key = TimerKey.FromId(watched.Tenant, id);
        spec = sealer.Seal(watched.Tenant, key, spec);
        return new Received<TimerScheduled>(new TimerScheduled(key, Instants.CeilingToMilliseconds(now), now, spec), LogPosition.None)
        {
            Tenant = watched.Tenant,
        };
    }

    [LoggerMessage(
        3213, LogLevel.Error,
        "Device {Device} of tenant {Tenant} is silent, and its quietUrl cannot be decrypted with the keys in Secrets:Key; "
            + "tried again in a minute")]
    private partial void LogUndecrypted(string device, string tenant);
}
