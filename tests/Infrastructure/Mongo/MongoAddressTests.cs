using Infrastructure.Hosting;
using Infrastructure.Storage.Mongo;
using MongoDB.Driver;
using MongoDB.Driver.Core.Servers;

namespace Tests.Infrastructure.Mongo;

[Parallelizable]
public sealed class MongoAddressTests
{
    private static readonly MongoOptions Options = new() { OperationTimeout = TimeSpan.FromSeconds(3) };

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
    [TestCase("mongodb://h/?authMechanismProperties=s3cret")]
    [TestCase("mongodb://h/?proxyPassword=s3cret")]
    [TestCase("mongodb://user:s3cret@h/?authMechanism=s3cret")]
    [TestCase("mongodb://user:s3cret@h/?socketTimeoutMS=s3cret")]
    [TestCase("mongodb+srv://user:s3cret@h:1/")]
    public void What_cannot_be_read_stops_the_start_and_tells_no_password(string text)
    {
        var error = Assert.Throws<StartupException>(() => MongoAddress.Check(text));

        Assert.That(error.Message, Does.Contain("ConnectionStrings:MongoDb").And.Not.Contain("s3cret"));
    }

    [Test]
    public void What_promises_rest_on_is_ours_whatever_the_address_says()
    {
        var settings = Settings("mongodb://h/?w=0&journal=false&wtimeoutMS=1&retryWrites=true&retryReads=true&readPreference=secondary"
            + "&maxPoolSize=500&minPoolSize=100&maxAdaptiveRetries=5");

        Assert.That(settings.WriteConcern, Is.EqualTo(WriteConcern.WMajority.With(journal: true, wTimeout: Options.OperationTimeout)));
        Assert.That(settings.ReadPreference, Is.EqualTo(ReadPreference.Primary));
        Assert.That((settings.RetryWrites, settings.RetryReads, settings.MaxAdaptiveRetries), Is.EqualTo((false, false, 0)));
        Assert.That((settings.MinConnectionPoolSize, settings.MaxConnectionPoolSize), Is.EqualTo((7, 7)));
    }

    [TestCase("mongodb://h/")]
    [TestCase("mongodb://h/?socketTimeoutMS=0&connectTimeoutMS=0&waitQueueTimeoutMS=0&serverSelectionTimeoutMS=0")]
    public void Every_wait_has_an_end(string text)
    {
        var settings = Settings(text);

        Assert.That(
            (settings.ServerSelectionTimeout, settings.ConnectTimeout), Is.EqualTo((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2))));
        Assert.That(
            (settings.SocketTimeout, settings.WaitQueueTimeout, settings.HeartbeatTimeout),
            Is.EqualTo((Options.OperationTimeout, Options.OperationTimeout, Options.OperationTimeout)));
    }

    [Test]
    public void Other_options_are_the_drivers()
    {
        var settings = Settings(
            "mongodb://u:p%40@a:1,b:2/d?replicaSet=rs&tls=true&authSource=admin&authMechanism=SCRAM-SHA-256&appName=mine"
            + "&compressors=zstd,zlib&socketTimeoutMS=1234&connectTimeoutMS=321&serverSelectionTimeoutMS=456&heartbeatFrequencyMS=789"
            + "&waitQueueTimeoutMS=654&serverMonitoringMode=stream&maxIdleTimeMS=987&readConcernLevel=majority&maxConnecting=3");

        Assert.That(settings.Servers, Is.EqualTo([new MongoServerAddress("a", 1), new MongoServerAddress("b", 2)]));
        Assert.That((settings.ReplicaSetName, settings.UseTls, settings.ApplicationName), Is.EqualTo(("rs", true, "mine")));
        Assert.That((settings.Credential.Source, settings.Credential.Mechanism), Is.EqualTo(("admin", "SCRAM-SHA-256")));
        Assert.That(settings.Compressors, Has.Count.EqualTo(2));
        Assert.That(
            new[] { settings.SocketTimeout, settings.ConnectTimeout, settings.ServerSelectionTimeout, settings.HeartbeatInterval }
                .Concat([settings.WaitQueueTimeout, settings.MaxConnectionIdleTime]).Select(time => time.TotalMilliseconds),
            Is.EqualTo([1234, 321, 456, 789, 654, 987]));
        Assert.That((settings.ServerMonitoringMode, settings.MaxConnecting), Is.EqualTo((ServerMonitoringMode.Stream, 3)));
        Assert.That(settings.ReadConcern, Is.EqualTo(ReadConcern.Majority));
    }

    [Test]
    public void Options_that_nobody_knows_stop_the_start_all_at_once()
    {
        var error = Assert.Throws<StartupException>(
            () => MongoAddress.Check("mongodb://u:s3cret@h/?tlsCrlFile=x&socketTimeout2=1&compressors=lz9"));

        Assert.That(error.Message,
            Does.Contain("tlsCrlFile").And.Contain("socketTimeout2").And.Not.Contain("compressors").And.Not.Contain("s3cret"));
    }

    [Test]
    public void An_address_whose_hosts_are_in_DNS_is_read_without_asking_for_them() =>
        Assert.That(new MongoAddress("mongodb+srv://u:p@cluster0.example.invalid/mine").Database, Is.EqualTo("mine"));

    [Test]
    public void Two_clients_of_one_address_never_share_connections()
    {
        var address = new MongoAddress("mongodb://h/");

        var one = address.ToSettings(Options, 1);
        Assert.That(address.ToSettings(Options, 1), Is.Not.EqualTo(one));
    }

    private static MongoClientSettings Settings(string text) => new MongoAddress(text).ToSettings(Options, 7);
}
