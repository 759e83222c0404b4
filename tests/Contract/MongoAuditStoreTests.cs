using Contracts.Access;
using Infrastructure.Access.Mongo;
using Tests.Support;

namespace Tests.Contract;

[Parallelizable]
public sealed class MongoAuditStoreTests : AuditStoreContract
{
    private MongoDatabase database = null!;

    protected override IAuditStore CreateStore()
    {
        database = MongoDatabase.Take();
        return new MongoAuditStore(database.Connection);
    }

    [TearDown]
    public void Close() => database.Dispose();
}
