using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Sites;
using Infrastructure.Sites.Sqlite;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Client;

/// <summary><c>timers check</c> of sites.db: sums against events, and events without an owner.</summary>
public sealed class SiteCheckTests
{
    [TestCase("UPDATE days SET views = 8", "The day 1970-01-01 of the site 's' is stored with 3 events, 8 views")]
    [TestCase("UPDATE minutes SET events = 8", "other counts by minute")]
    [TestCase("DELETE FROM names WHERE series = 0", "other counts by type")]
    [TestCase("UPDATE names SET name = 'x' WHERE series = 1", "other counts by path")]
    [TestCase("DELETE FROM visitors WHERE span = 1", "other visitors")]
    [TestCase("UPDATE sites SET events = 4", "is stored with 4 events, and 3 are there")]
    [TestCase("DELETE FROM claims", "Of site number 1, 3 events belong to no site, no log or no id")]
    [TestCase("UPDATE events SET log = 99", "no log or no id that is there")]
    [TestCase("UPDATE sites SET tenant = 5", "The tenant of the site 's' is unknown.")]
    public async Task What_does_not_fit_is_told(string damage, string told)
    {
        using var folder = new TemporaryFolder();
        using (var file = new SqliteFile(folder.File("sites.db"), SiteSchema.Apply))
        {
            SiteEvent[] events = [.. Enumerable.Range(1, 3).Select(i => new SiteEvent(i, SiteEvent.PageView, "/", $"e{i}") { User = "u" })];
            await new SqliteSiteStore(file).AddAsync(
                [new Received<SiteEventsReceived>(
                    new SiteEventsReceived("s", events, new EventStamp(Clocks.Noon)), new LogPosition(Guid.NewGuid(), 0, 0))],
                default);
        }

        Assert.That(Faults(), Is.Empty);
        using (var connection = new SqliteConnection(folder.File("sites.db"), readOnly: false))
        {
            connection.Execute(damage);
        }

        Assert.That(Faults(), Has.Some.Contains(told));

        List<string> Faults() => [.. FolderCheck.Run(folder.Path, [SiteCheck.Instance]).SelectMany(each => each.Faults)];
    }
}
