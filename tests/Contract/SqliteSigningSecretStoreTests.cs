using Contracts.Signing;
using Infrastructure.Signing.Sqlite;
using Tests.Support;

namespace Tests.Contract;

public sealed class SqliteSigningSecretStoreTests : SigningSecretStoreContract
{
    /// <summary>What a file is like that was made before there were public keys.</summary>
    private const string Before = """
        CREATE TABLE signing_secrets (
            id TEXT NOT NULL PRIMARY KEY, tenant TEXT NOT NULL, destination TEXT, sealed BLOB NOT NULL, previous_sealed BLOB NOT NULL,
            previous_until INTEGER, created_at INTEGER NOT NULL, rotated_at INTEGER, deleted_at INTEGER, changed_at INTEGER NOT NULL,
            version INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX signing_secrets_changed ON signing_secrets (changed_at);
        CREATE INDEX signing_secrets_tenant ON signing_secrets (tenant, id);
        INSERT INTO signing_secrets VALUES ('a', 'acme', 'https://old.example', x'0102', x'03', 9000, 1000, 2000, NULL, 3000, 4);
        """;

    private SqliteFolder folder = null!;

    protected override ISigningSecretStore CreateStore()
    {
        folder = new SqliteFolder();
        return new SqliteSigningSecretStore(folder.Files);
    }

    [TearDown]
    public void Close() => folder.Dispose();

    [Test]
    public async Task A_file_of_before_there_were_public_keys_gets_them_once_and_keeps_what_it_has()
    {
        await folder.Files.Open("signing", connection => connection.Execute(Before)).ReadAsync(connection => 0, default);
        folder.Reopen();
        var opened = new SqliteSigningSecretStore(folder.Files);

        var found = (await opened.FindAsync("a", default))!;
        Assert.That(
            (found.Kind, found.Tenant, found.Destination, found.PreviousUntil, found.Version),
            Is.EqualTo((SigningKind.V1, "acme", "https://old.example", (DateTimeOffset?)DateTimeOffset.FromUnixTimeSeconds(9), 4L)));
        Assert.That(found.Sealed.ToArray(), Is.EqualTo(new byte[] { 1, 2 }));
        Assert.That(await opened.TryReplaceAsync(found, found with { PublicKey = new byte[] { 7 } }, default), Is.True);

        folder.Reopen();
        Assert.That((await new SqliteSigningSecretStore(folder.Files).FindAsync("a", default))!.Kind, Is.EqualTo(SigningKind.V1a));
    }
}
