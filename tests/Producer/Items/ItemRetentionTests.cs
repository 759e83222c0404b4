using System.Globalization;
using Contracts.Common;
using Contracts.Items;
using Infrastructure.Items;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer.Items;

/// <summary>Transfers that are older than what is kept, on the service's own routes.</summary>
public sealed class ItemRetentionTests : ItemTestBase
{
    protected override HostedStandalone CreateApp() =>
        new(services => services.Configure<ItemOptions>(options => options.Retention = TimeSpan.FromDays(30)));

    [Test]
    public async Task Older_ones_are_refused_and_younger_ones_counted()
    {
        var (item, to) = (await NewItemAsync(), await NewUserAsync());
        var old = await PostAsync($"{Items}/transfers", new { item, to, timestamp = Ago(31) });
        var many = await PostAsync($"{Items}/transfers", new[]
        {
            new { item, to, timestamp = Ago(31), eventId = "old" }, new { item, to, timestamp = Ago(5), eventId = "young" },
        });

        old.AssertWrong("timestamp");
        Assert.That(old.Text, Does.Contain("is older than what is kept, P30D"));
        var results = many.Json.GetProperty("results");
        var statuses = results.EnumerateArray().Select(each => each.GetProperty("status").GetInt32());
        Assert.That(statuses, Is.EqualTo(new[] { 400, 201 }), many.Text);
        Assert.That(results[0].ToString(), Does.Contain("is older than what is kept, P30D"));
        Assert.That((await GetAsync($"{Items}/{item}/owner"))["eventId"], Is.EqualTo("young"));
        Assert.That(await NewAsync($"{Items}/users", new { timestamp = Ago(10_000) }), Is.Not.Empty, "users have no age");
        Assert.That(await NewAsync(Items, new { baseItem = await NewBaseItemAsync(), timestamp = Ago(10_000) }), Is.Not.Empty);
    }

    [Test]
    public async Task One_that_the_purge_has_overtaken_since_it_was_accepted_has_no_effect_and_a_purged_one_is_a_duplicate()
    {
        var (item, to) = (await NewItemAsync(), await NewUserAsync());
        await TransferAsync(item, to, Ago(20), "first");
        await TransferAsync(item, to, Ago(19), "second");
        var before = TimeProvider.System.GetUtcNow().AddDays(-10);
        await App.PurgeAsync(before);

        var late = await PostAsync($"{Items}/transfers", new { item, to, timestamp = Ago(15), eventId = "late" });
        var again = await PostAsync($"{Items}/transfers", new { item, to, timestamp = Ago(1), eventId = "first" });

        late.AssertProblem(422);
        Assert.That(late.Text, Does.Contain("has been purged since it was accepted"));
        Assert.That((again.Status, again["duplicate"]), Is.EqualTo((200, "True")), again.Text);
        var history = (await GetAsync($"{Items}/{item}/history")).Json.GetProperty("items");
        Assert.That(history.EnumerateArray().Select(each => each.GetProperty("eventId").GetString()), Is.EqualTo(new[] { "second" }));
        Assert.That((await GetAsync($"{Items}/{item}"))["owner"], Is.EqualTo(to));
    }

    private static string Ago(int days) =>
        TimeProvider.System.GetUtcNow().AddDays(-days).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>The same of the first service's route, whose transfers happen now.</summary>
public sealed class SeedItemRetentionTests : ItemTestBase
{
    protected override HostedStandalone CreateApp() =>
        new(services => services.Configure<ItemOptions>(options => options.Retention = TimeSpan.FromDays(1)));

    [Test]
    public async Task What_happens_now_is_kept_and_one_that_the_purge_has_overtaken_is_told()
    {
        var (item, to) = (await NewItemAsync(), await NewUserAsync());
        await App.PurgeAsync(TimeProvider.System.GetUtcNow().AddDays(-1));
        var transferred = await SendAsync(HttpMethod.Put, $"/items/{item}/ownership", Content(new { to }), ("Idempotency-Key", "now"));
        Assert.That((transferred.Status, await OwnerAsync(item)), Is.EqualTo((204, to)), transferred.Text);

        // As after days on the log.
        await App.PurgeAsync(TimeProvider.System.GetUtcNow().AddDays(2));
        var late = await SendAsync(HttpMethod.Put, $"/items/{item}/ownership", Content(new { to }), ("Idempotency-Key", "late"));
        var again = await SendAsync(HttpMethod.Put, $"/items/{item}/ownership", Content(new { to }), ("Idempotency-Key", "now"));

        late.AssertProblem(404);
        Assert.That(late.Text, Does.Contain("or purged, since it was accepted"));
        Assert.That((again.Status, await OwnerAsync(item)), Is.EqualTo((204, to)), "it is stored: the latest one stays");
    }
}

/// <summary>What the Runner's job does to the store.</summary>
internal static class ItemPurges
{
    public static async Task PurgeAsync(this HostedStandalone app, DateTimeOffset before)
    {
        var store = app.Services.GetRequiredService<IItemStore>();
        var expiry = new ItemExpiry(TickTime.Of(before), TickTime.Of(TimeProvider.System.GetUtcNow()), long.MinValue);
        string? after = null;
        do
        {
            after = (await store.PurgeAsync(expiry, after, 100, default)).Next;
        }
        while (after is not null);
    }
}
