using Infrastructure.Hosting;
using Infrastructure.Storage.Mongo;

namespace Tests.Infrastructure.Mongo;

[Parallelizable]
public sealed class MongoAddressTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    [TestCase("mongodb://h/", "timers")]
    [TestCase("mongodb://h", "timers")]
    [TestCase("mongodb://u:p@h:1,i:2/mine?replicaSet=rs&tls=true", "mine")]
    public void The_database_is_the_one_that_the_address_names(string text, string database)
    {
        Assert.That(new MongoAddress(text).Database, Is.EqualTo(database));
    }

    [TestCase("")]
    [TestCase("localhost:27017")]
    [TestCase("mongodb://")]
    [TestCase("mongodb://h:99999999/")]
    [TestCase("mongodb://user:s3cret%zz@h/")]
    [TestCase("mongodb://user:s3cret@h:s3cret/")]
    [TestCase("mysql://user:s3cret@h/")]
    [TestCase("mongodb://user:s3cret@/?x")]
    public void What_cannot_be_read_stops_the_start_and_tells_no_password(string text)
    {
        var error = Assert.Throws<StartupException>(() => MongoAddress.Check(text));

        Assert.That(error.Message, Does.Contain("ConnectionStrings:MongoDb").And.Not.Contain("s3cret"));
    }
}
