using Contracts.Items;

namespace Tests.Producer.Items;

/// <summary>What the embedded service announces on items.events: to its own process, as there is no log to subscribe to.</summary>
public sealed class ItemAnnouncementsTests : ItemTestBase
{
    [Test]
    public async Task What_happened_is_announced_with_the_position_of_its_message()
    {
        var announcements = await Announcements.BeginAsync(App, ItemMessages.Events);
        var (user, baseItem) = (await NewUserAsync(), await NewBaseItemAsync());
        var item = await NewAsync(Items, new { baseItem });
        await TransferAsync(item, user, "2023-01-01T00:00:00Z", "t-1");
        await DeleteAsync($"{Items}/users/{user}");

        var told = await announcements.ReadAsync(5);

        Assert.That(told.Select(each => $"{each.GetProperty("what")} {each.GetProperty("id")}"), Is.EqualTo(new[]
        {
            $"user-created {user}", $"base-item-created {baseItem}", $"item-created {item}", $"item-transferred {item}",
            $"user-erased {user}",
        }));
        Assert.That(told[2].GetProperty("baseItem").GetString(), Is.EqualTo(baseItem));
        Assert.That((told[3].GetProperty("to").GetString(), told[3].GetProperty("eventId").GetString()), Is.EqualTo((user, "t-1")));
    }
}
