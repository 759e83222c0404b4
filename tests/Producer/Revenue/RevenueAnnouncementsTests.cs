using Contracts.Revenue;

namespace Tests.Producer.Revenue;

/// <summary>What the embedded service announces on revenue.events: to its own process, as there is no log to subscribe to.</summary>
public sealed class RevenueAnnouncementsTests : RestTests
{
    private const string Revenue = "/api/v1/revenue";

    [Test]
    public async Task Changes_of_balances_are_announced_with_the_position_of_their_message()
    {
        var announcements = await Announcements.BeginAsync(App, RevenueMessages.Events);
        await PostAsync($"{Revenue}/events", """[{"user":"a","name":"add_revenue","value":7,"eventId":"1"}]""");
        await PostAsync($"{Revenue}/adjustments", """{"user":"a","original":"1","delta":-2,"eventId":"2"}""");
        await DeleteAsync($"{Revenue}/users/a");

        var told = await announcements.ReadAsync(3);

        Assert.That(
            told.Select(each => $"{each.GetProperty("user")} {each.GetProperty("what")} "
                + string.Join(',', each.GetProperty("balances").EnumerateArray().Select(of => of.GetProperty("total").GetString()))),
            Is.EqualTo(new[] { "a received 7", "a adjusted 5", "a erased " }));
    }
}
