using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;
using Tests.Support;

namespace Tests.Contract.Devices;

/// <summary>Erasure, purge, rebuild, settings and watches, in every store.</summary>
public abstract class DeviceUpkeepContract : DeviceStoreSuite
{
    [Test]
    public async Task An_erased_device_is_gone_and_earlier_messages_do_not_bring_it_back()
    {
        var before = Next(Readings((10, 1), (11, 1)));
        var adjusted = Next(new ReadingAdjusted(Device, 10, 1, "a", Stamp));
        var other = Next(ReadingsOf("other", (10, 1)));
        var erased = Next(new DeviceErased(Device, Stamp));
        await Store.AddAsync([before, other], default);
        await Store.AdjustAsync([adjusted], default);
        await Store.EraseAsync([erased], default);

        Assert.That(await Store.FindAsync("default", Device, default), Is.Null);
        Assert.That(await ReadAsync(), Is.Empty);

        await AddAsync((10, 7));
        await Store.AddAsync([before, other], default);
        await Store.AdjustAsync([adjusted], default);
        await Store.EraseAsync([erased], default);

        await AssertIsAsync(Device, new Dictionary<long, Int128> { [10] = 7 });
        await AssertIsAsync("other", new Dictionary<long, Int128> { [10] = 1 });
    }

    [Test]
    public async Task Erasing_a_device_before_its_messages_come_again_keeps_them_out()
    {
        var before = Next(Readings((10, 1)));
        await Store.AddAsync([before], default);
        await Store.EraseAsync([Next(new DeviceErased(Device, Stamp))], default);

        await Store.AddAsync([before], default);

        Assert.That(await ReadAsync(), Is.Empty);
        Assert.That((await Store.FindSourcesAsync("default", [(Device, 10)], default))[0], Is.Null);
    }

    [Test]
    public async Task An_erasure_of_thousands_of_readings_leaves_none()
    {
        for (var i = 0; i < 3; i++)
        {
            await AddAsync([.. Enumerable.Range(i * 1_000, 1_000).Select(at => ((long)at, 1L))]);
        }

        await Store.EraseAsync([Next(new DeviceErased(Device, Stamp))], default);
        await AddAsync((5, 5));

        await AssertIsAsync(Device, new Dictionary<long, Int128> { [5] = 5 });
    }

    [Test]
    public async Task A_purge_deletes_old_readings_in_steps_keeps_the_totals_and_refuses_them_from_then_on()
    {
        List<Received<ReadingsReceived>> all =
            [.. Enumerable.Range(0, 5).Select(i => Next(ReadingsOf($"d{i}", [.. Enumerable.Range(0, 20).Select(at => ((long)at, 1L))])))];
        await Store.AddAsync(all, default);
        await Store.AdjustAsync([Next(new ReadingAdjusted("d0", 3, 100, "a", Stamp))], default);

        var (steps, deleted) = await PurgeAsync(15, 7);
        await Store.AddAsync(all, default);
        await Store.AddAsync([Next(ReadingsOf("d1", (14, 99), (15, 99), (30, 1)))], default);

        Assert.That((steps > 5, deleted), Is.EqualTo((true, (5 * 15) + 1)));
        Assert.That(await Store.FindPurgedAsync(default), Is.EqualTo(15));
        Assert.That((await ReadAsync("d0")).Select(each => each.At), Is.EqualTo(Enumerable.Range(15, 5).Select(at => (long)at)));
        Assert.That(((await FindAsync("d0")).Readings, (await FindAsync("d0")).Total), Is.EqualTo((20L, (Int128)120)));
        Assert.That(((await FindAsync("d1")).Readings, (await FindAsync("d1")).Total), Is.EqualTo((21L, (Int128)21)));

        await PurgeAsync(10, 100);
        Assert.That(await Store.FindPurgedAsync(default), Is.EqualTo(15), "It never goes back.");
        Assert.That((await RebuildAsync(repair: false)).Drifted, Is.Empty);
    }

    [Test]
    public async Task Totals_that_differ_from_the_rows_are_found_and_put_right()
    {
        await Store.AddAsync([.. Enumerable.Range(0, 5).Select(i => Next(ReadingsOf($"d{i}", (1, 1), (2, i))))], default);
        await Store.AdjustAsync([Next(new ReadingAdjusted("d2", 1, 10, "a", Stamp))], default);
        Storage.Spoil("d2");
        Assert.That((await FindAsync("d2")).Total, Is.Not.EqualTo((Int128)13));

        var found = await RebuildAsync(repair: false);
        Assert.That((await FindAsync("d2")).Total, Is.Not.EqualTo((Int128)13), "It was only asked.");
        var repaired = await RebuildAsync(repair: true);

        Assert.That(found.Drifted, Has.Count.EqualTo(1).And.All.Contains("d2"));
        Assert.That(repaired.Drifted, Has.Count.EqualTo(1));
        Assert.That(found.Checked, Is.EqualTo(5));
        Assert.That((await FindAsync("d2")).Total, Is.EqualTo((Int128)13));
        Assert.That((await RebuildAsync(repair: false)).Drifted, Is.Empty);
    }

    [Test]
    public async Task A_rebuild_while_others_write_and_read_loses_nothing()
    {
        await AddAsync([.. Enumerable.Range(0, 500).Select(at => ((long)at, 1L))]);
        Storage.Spoil(Device);
        using var stop = new CancellationTokenSource();
        var rebuilds = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await RebuildAsync(repair: true);
            }
        });

        for (var i = 0; i < 100; i++)
        {
            await AddAsync((1_000 + i, 1), (i, 1));
        }

        await stop.CancelAsync();
        await rebuilds;
        await RebuildAsync(repair: true);

        var device = await FindAsync();
        Assert.That((device.Readings, device.Total), Is.EqualTo((600L, (Int128)600)));
        Assert.That((await RebuildAsync(repair: false)).Drifted, Is.Empty);
    }

    [Test]
    public async Task Settings_are_kept_of_known_and_unknown_devices()
    {
        await AddAsync((1, 1));
        var settings = new DeviceSettings("Entrance", ["door", "north"], TimeSpan.FromMinutes(5), "http://127.0.0.1:2/quiet")
        {
            QuietSealed = "AZy4UQ==",
        };

        var (known, before) = await Store.ConfigureAsync("default", Device, settings, Clocks.Noon, default);
        var (unknown, _) = await Store.ConfigureAsync("default", "new", DeviceSettings.None with { Name = "x" }, Clocks.Noon, default);

        Assert.That(
            (known.Total, known.Settings.Name, known.Settings.QuietAfter), Is.EqualTo(((Int128)1, "Entrance", settings.QuietAfter)));
        Assert.That(known.Settings.Tags, Is.EqualTo(settings.Tags));
        Assert.That((unknown.Readings, unknown.Settings.Name), Is.EqualTo((0L, "x")));
        await AddAsync((2, 1));
        var kept = (await FindAsync()).Settings;
        Assert.That((kept.QuietUrl, kept.QuietSealed), Is.EqualTo((settings.QuietUrl, settings.QuietSealed)));
        var (_, left) = await Store.ConfigureAsync("default", Device, settings with { Tags = ["north", "new"] }, Clocks.Noon, default);
        Assert.That((before, left), Is.EqualTo((Array.Empty<string>(), new[] { "door" })));
        await Store.ConfigureAsync("default", Device, settings with { QuietSealed = null }, Clocks.Noon, default);
        Assert.That((await FindAsync()).Settings.QuietSealed, Is.Null, "what is missing is removed");
    }

    [Test]
    public async Task Settings_that_leave_the_watch_as_it_is_do_not_begin_it_anew()
    {
        await AddAsync((1, 1));
        var settings = new DeviceSettings(null, [], TimeSpan.FromMinutes(5), "http://127.0.0.1:2/quiet");
        await Store.ConfigureAsync("default", Device, settings, Clocks.Noon, default);
        var due = Clocks.Noon.AddMinutes(5);
        var watched = (await Store.FindDueWatchesAsync(due, 10, default)).Single();
        await Store.TryMoveWatchAsync(watched, due.AddMinutes(5), Clocks.Noon, default);

        var later = settings with { Name = "Entrance", Tags = ["door"], QuietUrl = "http://127.0.0.1:2/other" };
        var (device, _) = await Store.ConfigureAsync("default", Device, later, due.AddMinutes(4), default);

        Assert.That((device.SilentSince, device.Settings.Name), Is.EqualTo((Clocks.Noon, "Entrance")));
        Assert.That((await Store.FindDueWatchesAsync(due.AddMinutes(5), 10, default)).Single().DueAt, Is.EqualTo(due.AddMinutes(5)));

        var changed = await Store.ConfigureAsync(
            "default", Device, later with { QuietAfter = TimeSpan.FromMinutes(7) }, due.AddMinutes(4), default);
        Assert.That(changed.Device.SilentSince, Is.Null);
        Assert.That((await Store.FindDueWatchesAsync(due.AddDays(1), 10, default)).Single().DueAt, Is.EqualTo(due.AddMinutes(11)));
    }

    [Test]
    public async Task An_erasure_is_found_by_its_position_whether_or_not_the_device_was_ever_there()
    {
        Assert.That(await Store.FindErasureAsync("default", Device, default), Is.Null);
        await AddAsync((1, 1));
        var (known, unknown) = (Next(new DeviceErased(Device, Stamp)), Next(new DeviceErased("nobody", Stamp)));
        await Store.EraseAsync([known, unknown], default);
        await AddAsync((1, 2));

        Assert.That(await Store.FindErasureAsync("default", Device, default), Is.EqualTo(known.Position));
        Assert.That(await Store.FindErasureAsync("default", "nobody", default), Is.EqualTo(unknown.Position));
        Assert.That(await Store.FindErasureAsync("acme", Device, default), Is.Null);
        Assert.That(await Store.FindAsync("default", "nobody", default), Is.Null);
        var listed = await Store.ListAsync("default", new DeviceQuery(10), default);
        Assert.That(listed.Items.Select(each => each.Id), Is.EqualTo(new[] { Device }));
    }

    [Test]
    public async Task A_watch_is_due_after_the_silence_and_moves_by_compare_and_set()
    {
        await AddAsync((1, 1));
        var settings = new DeviceSettings(null, [], TimeSpan.FromMinutes(5), "http://127.0.0.1:2/quiet");
        await Store.ConfigureAsync("default", Device, settings, Clocks.Noon.AddMinutes(1), default);
        var due = Clocks.Noon.AddMinutes(6);

        Assert.That(await Store.FindDueWatchesAsync(due.AddMilliseconds(-1), 10, default), Is.Empty);
        var watched = (await Store.FindDueWatchesAsync(due, 10, default)).Single();
        Assert.That((watched.Tenant, watched.Device.Id, watched.DueAt, watched.Device.LastSeenAt),
            Is.EqualTo(("default", Device, due, Clocks.Noon)));

        Assert.That(await Store.TryMoveWatchAsync(watched, due.AddMinutes(5), Clocks.Noon, default), Is.True);
        Assert.That(await Store.TryMoveWatchAsync(watched, due.AddMinutes(9), null, default), Is.False);
        Assert.That(await Store.FindDueWatchesAsync(due.AddMinutes(4), 10, default), Is.Empty);
        Assert.That((await FindAsync()).SilentSince, Is.EqualTo(Clocks.Noon));

        await Store.ConfigureAsync("default", Device, DeviceSettings.None, Clocks.Noon, default);
        Assert.That(await Store.FindDueWatchesAsync(due.AddDays(1), 10, default), Is.Empty);
    }

    private async Task<(int Steps, int Deleted)> PurgeAsync(long before, int limit)
    {
        var (steps, deleted) = (0, 0);
        string? after = null;
        do
        {
            var step = await Store.PurgeAsync(before, after, limit, default);
            (steps, deleted, after) = (steps + 1, deleted + step.Deleted, step.Next);
        }
        while (after is not null);

        return (steps, deleted);
    }

    private async Task<DriftReport> RebuildAsync(bool repair)
    {
        var (count, drifted) = (0, new List<string>());
        string? after = null;
        do
        {
            var report = await Store.RebuildAsync(after, 2, repair, default);
            count += report.Checked;
            drifted.AddRange(report.Drifted);
            after = report.Next;
        }
        while (after is not null);

        return new DriftReport(count, drifted, null);
    }
}
