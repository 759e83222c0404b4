using Infrastructure.Access;
using Tests.Support;

namespace Tests.Infrastructure;

public sealed class AuditIdTests
{
    [Test]
    public void Ids_of_one_millisecond_sort_by_time()
    {
        var ids = Enumerable.Range(0, 3_000).Select(i => AuditId.New(Clocks.Noon.AddTicks(i * 4))).ToList();

        Assert.That(ids, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal).And.Unique);
        Assert.That(ids.Select(id => Guid.ParseExact(id, "N").Version), Is.All.EqualTo(7));
    }
}
