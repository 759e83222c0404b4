using System.Net;
using Contracts.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Clusters;
using MongoDB.Driver.Core.Connections;
using MongoDB.Driver.Core.Servers;

namespace Tests.Infrastructure.Mongo;

/// <summary>What failures mean. A defect makes a message a dead letter, so only what speaks of the message may be one.</summary>
public sealed class MongoFailuresTests
{
    private static readonly ConnectionId Connection = new(new ServerId(new ClusterId(), new DnsEndPoint("h", 1)));

    [TestCase(2)]
    [TestCase(9)]
    [TestCase(14)]
    [TestCase(22)]
    [TestCase(121)]
    [TestCase(10334)]
    [TestCase(40415)]
    public void What_speaks_of_the_data_is_a_defect(int code) => Assert.That(Told(code), Is.TypeOf<InvalidOperationException>());

    [TestCase(11600)]
    [TestCase(175, Description = "query plan killed")]
    [TestCase(211, Description = "no signing key yet")]
    [TestCase(215, Description = "the database is being dropped")]
    [TestCase(371, Description = "writes are blocked")]
    [TestCase(8000, Description = "a quota")]
    [TestCase(9999, Description = "whatever may come to be")]
    public void What_says_nothing_against_the_data_passes(int code) => AssertIs(WriteOutcome.Unknown, Told(code));

    [TestCase(10107)]
    [TestCase(13)]
    public void What_was_not_begun_is_refused(int code) => AssertIs(WriteOutcome.Refused, Told(code));

    [Test]
    public void A_write_that_a_new_primary_has_not_confirmed_may_have_happened()
    {
        var reply = new BsonDocument
        {
            { "ok", 1 },
            { "writeConcernError", new BsonDocument { { "code", 10107 }, { "errmsg", "not the primary any more" } } },
        };

        AssertIs(WriteOutcome.Unknown, MongoFailures.ToException(new MongoCommandException(Connection, "no", [], reply)));
    }

    [TestCase(typeof(MongoException))]
    [TestCase(typeof(MongoClientException))]
    [TestCase(typeof(IOException))]
    [TestCase(typeof(ObjectDisposedException))]
    [TestCase(typeof(OperationCanceledException))]
    public void What_is_not_recognised_may_have_happened(Type type)
    {
        var failure = (Exception)Activator.CreateInstance(type, "no")!;

        Assert.That(MongoFailures.IsOfDriver(failure), Is.True);
        AssertIs(WriteOutcome.Unknown, MongoFailures.ToException(failure));
    }

    [Test]
    public void An_answer_that_did_not_come_is_told_from_a_connection_that_did_not_open()
    {
        AssertIs(WriteOutcome.Unknown, MongoFailures.ToException(
            new MongoConnectionException(
                Connection, "An exception occurred while receiving a message from the server.", new TimeoutException())));
        AssertIs(WriteOutcome.Refused, MongoFailures.ToException(
            new MongoConnectionException(
                Connection, "An exception occurred while opening a connection to the server.", new IOException())));
        AssertIs(WriteOutcome.Refused, MongoFailures.ToException(new TimeoutException("selecting a server")));
        AssertIs(WriteOutcome.Refused, MongoFailures.ToException(new MongoAuthenticationException(Connection, "no")));
    }

    [Test]
    public void What_the_driver_did_not_throw_is_left_as_it_is() =>
        Assert.That(MongoFailures.IsOfDriver(new InvalidOperationException("The Runner's name has been used before.")), Is.False);

    private static Exception Told(int code) => MongoFailures.ToException(
        new MongoCommandException(Connection, "no", [], new BsonDocument { { "ok", 0 }, { "code", code } }));

    private static void AssertIs(WriteOutcome outcome, Exception told) =>
        Assert.That(told, Is.TypeOf<StoreUnavailableException>().With.Property(nameof(StoreUnavailableException.Outcome)).EqualTo(outcome));
}
