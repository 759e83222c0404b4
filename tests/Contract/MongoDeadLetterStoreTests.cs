using Contracts.Messaging;
using Infrastructure.Storage.Mongo;
using Tests.Support;

namespace Tests.Contract;

[Parallelizable]
public sealed class MongoDeadLetterStoreTests : DeadLetterStoreContract
{
    private MongoDatabase database = null!;

    protected override IDeadLetterStore CreateStore()
    {
        database = MongoDatabase.Take();
        return new MongoDeadLetterStore(database.Connection);
    }

    [TearDown]
    public void Close() => database.Dispose();
}
