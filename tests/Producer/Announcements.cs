using System.Text.Json;
using Contracts.Common;
using Contracts.Live;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>What an embedded service announces to its own process, as there is no log to subscribe to.</summary>
internal sealed class Announcements
{
    private readonly ILiveFeed feed;
    private readonly string name;
    private readonly string? begin;

    private Announcements(ILiveFeed feed, string name, string? begin) => (this.feed, this.name, this.begin) = (feed, name, begin);

    /// <summary>From now on.</summary>
    public static async Task<Announcements> BeginAsync(HostedStandalone app, string name)
    {
        var live = app.Services.GetRequiredService<ILiveFeed>();
        return new Announcements(live, name, await live.FindPositionAsync(Tenant.Default, name, default));
    }

    /// <summary>The first ones, within 20 s; each has a position of its own, in the order of the log.</summary>
    public async Task<List<JsonElement>> ReadAsync(int count)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var told = new List<JsonElement>();
        await foreach (var change in feed.WatchAsync(Tenant.Default, name, begin, end.Token))
        {
            told.Add(JsonDocument.Parse(change.Content).RootElement);
            if (told.Count == count)
            {
                break;
            }
        }

        Assert.That(told, Has.Count.EqualTo(count));
        var positions = told.Select(each => LogPosition.TryParse(each.GetProperty("position").GetString()!, out var at) ? at.Offset : -1);
        Assert.That(positions, Is.Ordered.Ascending.And.Unique.And.All.GreaterThanOrEqualTo(0));
        return told;
    }
}
