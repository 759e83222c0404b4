using Contracts.Access;
using Infrastructure.Access.Sqlite;
using Tests.Support;

namespace Tests.Contract;

public sealed class SqliteKeyStoreTests : KeyStoreContract
{
    private SqliteFolder folder = null!;

    protected override IKeyStore CreateStore()
    {
        folder = new SqliteFolder();
        return new SqliteKeyStore(folder.Files);
    }

    [TearDown]
    public void Close() => folder.Dispose();
}
