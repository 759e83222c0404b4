using System.Text.Json;
using Contracts.Common;
using Contracts.Live;
using Contracts.Revenue;
using Microsoft.Extensions.DependencyInjection;

namespace Tests.Producer.Revenue;

/// <summary>What the embedded service announces on revenue.events: to its own process, as there is no log to subscribe to.</summary>
public sealed class RevenueAnnouncementsTests : RestTests
{
    private const string Revenue = "/api/v1/revenue";

    [Test]
    public async Task Changes_of_balances_are_announced_with_the_position_of_their_message()
    {
        var feed = App.Services.GetRequiredService<ILiveFeed>();
        var begin = await feed.FindPositionAsync(Tenant.Default, RevenueMessages.Events, default);
        await PostAsync($"{Revenue}/events", """[{"user":"a","name":"add_revenue","value":7,"eventId":"1"}]""");
        await PostAsync($"{Revenue}/adjustments", """{"user":"a","original":"1","delta":-2,"eventId":"2"}""");
        await DeleteAsync($"{Revenue}/users/a");

        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var told = new List<JsonElement>();
        await foreach (var change in feed.WatchAsync(Tenant.Default, RevenueMessages.Events, begin, end.Token))
        {
            told.Add(JsonDocument.Parse(change.Content).RootElement);
            if (told.Count == 3)
            {
                break;
            }
        }

        Assert.That(
            told.Select(each => $"{each.GetProperty("user")} {each.GetProperty("what")} "
                + string.Join(',', each.GetProperty("balances").EnumerateArray().Select(of => of.GetProperty("total").GetString()))),
            Is.EqualTo(new[] { "a received 7", "a adjusted 5", "a erased " }));
        var positions = told.Select(each => LogPosition.TryParse(each.GetProperty("position").GetString()!, out var at) ? at.Offset : -1);
        Assert.That(positions, Is.Ordered.Ascending.And.Unique.And.All.GreaterThanOrEqualTo(0));
    }
}
