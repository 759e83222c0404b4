using Contracts.Signing;
using Infrastructure.Signing.Sqlite;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tests.Support;

namespace Tests.Contract;

public sealed class SqliteSigningSecretStoreTests : SigningSecretStoreContract
{
    private TemporaryFolder folder = null!;
    private DataFolder data = null!;
    private SqliteFiles files = null!;

    protected override ISigningSecretStore CreateStore()
    {
        folder = new TemporaryFolder();
        data = new DataFolder(Options.Create(new StorageOptions { Path = folder.Path }));
        files = new SqliteFiles(data, NullLogger<DamageReport>.Instance);
        return new SqliteSigningSecretStore(files);
    }

    [TearDown]
    public void Close()
    {
        files.Dispose();
        data.Dispose();
        folder.Dispose();
    }
}
