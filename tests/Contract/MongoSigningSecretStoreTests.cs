using Contracts.Signing;
using Infrastructure.Signing.Mongo;
using Tests.Support;

namespace Tests.Contract;

[Parallelizable]
public sealed class MongoSigningSecretStoreTests : SigningSecretStoreContract
{
    private MongoDatabase database = null!;

    protected override ISigningSecretStore CreateStore()
    {
        database = MongoDatabase.Take();
        return new MongoSigningSecretStore(database.Connection);
    }

    [TearDown]
    public void Close() => database.Dispose();
}
