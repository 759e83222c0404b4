using Contracts.Access;
using Infrastructure.Access.Sqlite;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tests.Support;

namespace Tests.Contract;

public sealed class SqliteAuditStoreTests : AuditStoreContract
{
    private TemporaryFolder folder = null!;
    private DataFolder data = null!;
    private SqliteFiles files = null!;

    protected override IAuditStore CreateStore()
    {
        folder = new TemporaryFolder();
        data = new DataFolder(Options.Create(new StorageOptions { Path = folder.Path }));
        files = new SqliteFiles(data, NullLogger<DamageReport>.Instance);
        return new SqliteAuditStore(files);
    }

    [TearDown]
    public void Close()
    {
        files.Dispose();
        data.Dispose();
        folder.Dispose();
    }
}
