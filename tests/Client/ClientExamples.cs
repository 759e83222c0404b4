#pragma warning disable IDE0005 // What an example needs stands in it, as it does on the page.
using ClientLibrary;
using ClientLibrary.Devices;
using ClientLibrary.Items;
using ClientLibrary.Live;
using ClientLibrary.Revenue;
using ClientLibrary.Sites;
using ClientLibrary.Timers;

namespace Tests.Client;

/// <summary>The examples of docs/client.md: each part between two marks stands there as it stands here.</summary>
internal static class ClientExamples
{
    public static async Task<List<string>> TimersAsync(ServiceConnection connection, string url)
    {
        var told = new List<string>();
        // begin: timers
        var timers = new TimerClient(connection);
        var timer = await timers.CreateAsync(new NewTimer
        {
            Url = url,
            Delay = TimeSpan.FromSeconds(1),
            Tags = ["reminder"],
            Retry = new TimerRetry { Attempts = 3 },
        });
        await foreach (var state in timers.FollowAsync(timer.Id, TimeSpan.FromMilliseconds(100)))
        {
            told.Add(state.State); // scheduled, armed, succeeded
        }

        await foreach (var each in timers.ListAllAsync(new TimerQuery { Tags = ["reminder"] }))
        {
            told.Add($"{each.Id} {each.DueAt:O}");
        }

        // end
        return told;
    }

    public static async Task<string> ProblemsAsync(ServiceConnection connection)
    {
        var told = string.Empty;
        var timers = new TimerClient(connection);
        // begin: problems
        try
        {
            await timers.CreateAsync(new NewTimer { Url = "ftp://example.org", Delay = TimeSpan.FromSeconds(1) });
        }
        catch (ServiceProblemException problem)
        {
            foreach (var (field, reasons) in problem.Errors)
            {
                told += $"{field}: {string.Join(", ", reasons)}"; // url: must be an absolute http or https address
            }
        }
        catch (ServiceUnreachableException)
        {
            // After 30 s of attempts; see ConnectionOptions.Retries.
        }

        // end
        return told;
    }

    public static async Task<string> EventsAsync(ServiceConnection connection, DateTimeOffset now)
    {
        // begin: events
        var devices = new DeviceClient(connection);
        var batch = await devices.SendAsync([new Reading("meter-1", now, 5), new Reading("meter-1", now.AddSeconds(-1), 7)]);
        foreach (var refused in batch.Results.Where(result => result.IsRefused))
        {
            throw new InvalidOperationException($"Reading {refused.Index}: {refused.Explain()}");
        }

        var meter = await devices.GetAsync("meter-1"); // meter.CumulativeCount is 12

        await new SiteClient(connection).SendAsync([new SiteEvent("example.org", "page_view", "/") { User = "user-1", EventId = "e-1" }]);
        var stats = await new SiteClient(connection).GetStatsAsync("example.org"); // stats.Totals.Views is 1

        var revenue = new RevenueClient(connection);
        await revenue.SendAsync([new RevenueEvent("user-1", "add_revenue", 12.50m) { EventId = "order-17" }]);
        var user = await revenue.GetUserAsync("user-1"); // user.Balances[0].Total is "12.5"
        // end
        return $"{meter.CumulativeCount} {stats.Totals.Views} {user.Balances[0].Total}";
    }

    public static async Task<ItemInfo> ItemsAsync(ServiceConnection connection)
    {
        // begin: items
        var items = new ItemClient(connection);
        var chair = await items.CreateBaseItemsAsync([new NewBaseItem("A red chair.") { EventId = "chair" }]);
        var made = await items.CreateItemsAsync([new NewItem(Guid.Parse(chair.Results[0].Id!)) { EventId = "chair-1" }]);
        var users = await items.CreateUsersAsync([new NewItemUser { EventId = "customer-17" }]);
        var (item, owner) = (Guid.Parse(made.Results[0].Id!), Guid.Parse(users.Results[0].Id!));
        await items.TransferAsync([new ItemTransfer(item, owner) { EventId = "sale-1" }]);
        var sold = await items.GetAsync(item); // sold.Owner is owner
        // end
        return sold;
    }

    public static async Task<List<string>> LiveAsync(ServiceConnection connection, CancellationToken cancellationToken)
    {
        var told = new List<string>();
        // begin: live
        await foreach (var each in new DeviceClient(connection).WatchAsync(tag: null, cancellationToken: cancellationToken))
        {
            told.Add($"{each.Name} {each.Data}"); // snapshot first, then change for each device that has changed
            if (each.Name == "change")
            {
                break;
            }
        }

        // end
        return told;
    }

    public static ServiceConnection Connect(string address, string? key)
    {
        // begin: connect
        var connection = new ServiceConnection(
            new Uri(address),
            key,
            new ConnectionOptions
            {
                Timeout = TimeSpan.FromSeconds(20),
                Retries = new RetryRules { MaxDuration = TimeSpan.FromMinutes(5) },
            });
        // end
        return connection;
    }
}
