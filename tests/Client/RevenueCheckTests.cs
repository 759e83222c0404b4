using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Revenue;
using Infrastructure.Revenue.Sqlite;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Client;

/// <summary><c>timers check</c> of revenue.db: balances and sums against the ledger, and entries without an owner.</summary>
public sealed class RevenueCheckTests
{
    [TestCase("UPDATE balances SET events = 8", "The user 'u' is stored with 8 entries of together 6 USD, and the ledger has 3")]
    [TestCase("UPDATE sums SET events = 8 WHERE scope > 0 AND span = 0", "Of the user 'u' 1 sums by minute or day differ")]
    [TestCase("UPDATE sums SET events = 8 WHERE scope <= 0 AND span = 1",
        "Of all users of the tenant 'default' 1 sums of 1970-01-01 differ")]
    [TestCase("DELETE FROM users", "Of user number 1, 3 entries belong to no user or no log")]
    [TestCase("DELETE FROM users", "Of user number 1, 1 balances belong to no user")]
    [TestCase("UPDATE entries SET log = 99", "no log that is there")]
    [TestCase("UPDATE users SET tenant = 5", "The tenant of the user 'u' is unknown.")]
    public async Task What_does_not_fit_is_told(string damage, string told)
    {
        using var folder = new TemporaryFolder();
        using (var file = new SqliteFile(folder.File("revenue.db"), RevenueSchema.Apply))
        {
            RevenueEvent[] events =
                [.. Enumerable.Range(1, 3).Select(i => new RevenueEvent($"e{i}", "add_revenue", RevenueSign.Add, Amount.Of(i), "USD", i))];
            await new SqliteRevenueStore(file).AddAsync(
                [new Received<RevenueReceived>(
                    new RevenueReceived("u", events, new EventStamp(Clocks.Noon)), new LogPosition(Guid.NewGuid(), 0, 0))],
                default);
        }

        Assert.That(Faults(), Is.Empty);
        using (var connection = new SqliteConnection(folder.File("revenue.db"), readOnly: false))
        {
            connection.Execute(damage);
        }

        Assert.That(Faults(), Has.Some.Contains(told));

        List<string> Faults() => [.. FolderCheck.Run(folder.Path, [RevenueCheck.Instance]).SelectMany(each => each.Faults)];
    }
}
