using Infrastructure.Items.Sqlite;
using Infrastructure.Revenue.Sqlite;
using Infrastructure.Storage.Sqlite;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>kill -9 of the embedded service in the middle of erasures: they end after the restart, and every count is right.</summary>
[Category(FaultReport.Category)]
[Parallelizable]
public sealed class ErasureKillTests
{
    private const int MaxRounds = 6;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task An_erasure_that_a_kill_interrupts_ends_after_the_restart()
    {
        await using var standalone = await StandaloneProcess.StartNewAsync(
            "--Revenue:PurgeInterval=00:00:01", "--Items:PurgeInterval=00:00:01");
        var (isRevenueHit, isItemsHit) = (false, false);
        for (var round = 1; round <= MaxRounds && !(isRevenueHit && isItemsHit); round++)
        {
            var users = new ErasedUsers(standalone.Http);
            await users.CreateAsync();

            // One kind after the other, so that each is killed as soon as it has begun.
            isRevenueHit |= await KillWithinAsync(users.RevenueUser, "revenue.db", RevenueSchema.Apply);
            isItemsHit |= await KillWithinAsync(users.ItemUser, "items.db", ItemSchema.Apply);
            await users.CheckAsync(MaxWait);

            async Task<bool> KillWithinAsync(string user, string file, Action<SqliteConnection> apply)
            {
                var erasing = users.EraseAsync(user);
                await Eventually.That(() => users.IsHiddenAsync(user), MaxWait, "the erasure has begun");
                await standalone.KillAsync();
                await erasing;
                var isHit = await IsErasingAsync(Path.Combine(standalone.Folder, "data", file), apply);
                await standalone.StartAsync();
                return isHit;
            }
        }

        Assert.That((isRevenueHit, isItemsHit), Is.EqualTo((true, true)), "a kill came in the middle of each");
        await standalone.TerminateAsync();
        var faults = FolderCheck.Run(Path.Combine(standalone.Folder, "data"), [RevenueCheck.Instance, ItemCheck.Instance])
            .SelectMany(each => each.Faults);
        Assert.That(faults, Is.Empty, "every sum is that of the rows");
    }

    private static async Task<bool> IsErasingAsync(string path, Action<SqliteConnection> apply)
    {
        using var file = new SqliteFile(path, apply);
        return await file.ReadAsync(
            connection =>
            {
                var row = connection.Statement("SELECT 1 FROM erasing LIMIT 1");
                var any = row.Step();
                row.Reset();
                return any;
            },
            default);
    }
}
