using Contracts.Access;
using Infrastructure.Access.Mongo;
using Tests.Support;

namespace Tests.Contract;

[Parallelizable]
public sealed class MongoKeyStoreTests : KeyStoreContract
{
    private MongoDatabase database = null!;

    protected override IKeyStore CreateStore()
    {
        database = MongoDatabase.Take();
        return new MongoKeyStore(database.Connection);
    }

    [TearDown]
    public void Close() => database.Dispose();
}
