using Contracts.Access;
using Infrastructure.Access.Sqlite;
using Tests.Support;

namespace Tests.Contract;

public sealed class SqliteAuditStoreTests : AuditStoreContract
{
    private SqliteFolder folder = null!;

    protected override IAuditStore CreateStore()
    {
        folder = new SqliteFolder();
        return new SqliteAuditStore(folder.Files);
    }

    [TearDown]
    public void Close() => folder.Dispose();
}
