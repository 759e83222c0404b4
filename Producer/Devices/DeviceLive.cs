using System.Runtime.CompilerServices;
using System.Text.Json;
using Contracts.Devices;
using Producer.Live;

namespace Producer.Devices;

/// <summary>Devices as live streams show them: the whole resource, of one that is watched by itself with its last readings.</summary>
internal sealed class DeviceLive(IDeviceStore store) : ILiveSource
{
    /// <summary>Readings that are shown of a device that is watched by itself.</summary>
    public const int Recent = 10;

    private const int PageSize = 200;

    public string Feed => DeviceMessages.Topic;

    public async Task<IReadOnlyList<LiveValue>> ReadAsync(
        string tenant, IReadOnlyList<string> keys, Func<string, bool> isWatched, CancellationToken cancellationToken)
    {
        var found = (await store.FindAsync(tenant, keys, cancellationToken)).ToDictionary(device => device.Id, StringComparer.Ordinal);
        var values = new List<LiveValue>(keys.Count);
        foreach (var key in keys)
        {
            if (!found.TryGetValue(key, out var device))
            {
                values.Add(LiveValue.Gone(key));
                continue;
            }

            var recent = !isWatched(key) ? null
                : await store.ReadAsync(tenant, key, ReadingRange.Of(Recent) with { IsFromEnd = true }, cancellationToken);
            values.Add(Write(device, recent));
        }

        return values;
    }

    public async IAsyncEnumerable<IReadOnlyList<LiveValue>> ReadAllAsync(
        string tenant, LiveFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await store.ListAsync(tenant, new DeviceQuery(PageSize, after, filter.Group), cancellationToken);
            yield return [.. page.Items.Select(device => Write(device, null))];
            after = page.Next;
        }
        while (after is not null);
    }

    private static LiveValue Write(DeviceRecord device, IReadOnlyList<StoredReading>? recent)
    {
        var resource = DeviceResource.From(device) with
        {
            Recent = recent is null ? null : [.. recent.Select(ReadingResource.From)],
        };
        return new LiveValue(
            device.Id, JsonSerializer.SerializeToUtf8Bytes(resource, DeviceResourcesJson.Http.DeviceResource), device.Settings.Tags);
    }
}
