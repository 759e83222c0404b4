using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Contracts.Messaging;
using Infrastructure.Items.Sqlite;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Client;

/// <summary>The check of items.db: counts against the rows, and rows without a tenant or a log.</summary>
public sealed class ItemCheckTests
{
    [TestCase("UPDATE sums SET count = 8 WHERE span = 3",
        "1 counts of Transfers on 1970-01-01 differ from the rows: for the first Hour 8 instead of 3")]
    [TestCase("DELETE FROM sums", "counts of Transfers on 1970-01-01 differ")]
    [TestCase("DELETE FROM transfers", "counts of Transfers on 1970-01-01 differ")]
    [TestCase("UPDATE transfers SET log = 99", "3 transfers belong to no tenant or no log that is there.")]
    [TestCase("PRAGMA user_version = 2", "It has the tables of an earlier release")]
    [TestCase("UPDATE transfers SET tenant = 5", "3 transfers belong to no tenant or no log that is there.")]
    public async Task What_does_not_fit_is_told(string damage, string told)
    {
        using var folder = new TemporaryFolder();
        using (var file = new SqliteFile(folder.File("items.db"), ItemSchema.Apply))
        {
            var epoch = Guid.NewGuid();
            await new SqliteItemStore(file).AddAsync(
                [.. Enumerable.Range(0, 3).Select(i => new Received<ItemTransferred>(
                    new ItemTransferred(epoch, $"t{i}", epoch, i, new EventStamp(Clocks.Noon)), new LogPosition(epoch, 0, i)))],
                default);
        }

        Assert.That(Faults(), Is.Empty);
        using (var connection = new SqliteConnection(folder.File("items.db"), readOnly: false))
        {
            connection.Execute(damage);
        }

        Assert.That(Faults(), Has.Some.Contains(told));

        List<string> Faults() => [.. FolderCheck.Run(folder.Path, [ItemCheck.Instance]).SelectMany(each => each.Faults)];
    }
}
