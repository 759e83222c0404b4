using Contracts.Messaging;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Contract;

public sealed class SqliteDeadLetterStoreTests : DeadLetterStoreContract
{
    private SqliteFolder folder = null!;

    protected override IDeadLetterStore CreateStore()
    {
        folder = new SqliteFolder();
        return new SqliteDeadLetterStore(folder.Files);
    }

    [TearDown]
    public void Close() => folder.Dispose();
}
