using Contracts.Storage;
using Infrastructure.Storage.Mongo.Driver;

namespace Tests.Infrastructure.Mongo;

/// <summary>What the server's error codes mean. A defect makes a message a dead letter, so only what speaks of the message may be one.</summary>
public sealed class MongoFailuresTests
{
    private const int Server = 17;

    [TestCase(2)]
    [TestCase(9)]
    [TestCase(14)]
    [TestCase(22)]
    [TestCase(121)]
    [TestCase(10334)]
    [TestCase(40415)]
    public void What_speaks_of_the_data_is_a_defect(int code) =>
        Assert.That(MongoFailures.ToException(Server, code, "no"), Is.TypeOf<InvalidOperationException>());

    [TestCase(11600)]
    [TestCase(175, Description = "query plan killed")]
    [TestCase(211, Description = "no signing key yet")]
    [TestCase(215, Description = "the database is being dropped")]
    [TestCase(371, Description = "writes are blocked")]
    [TestCase(8000, Description = "a quota")]
    [TestCase(9999, Description = "whatever may come to be")]
    public void What_says_nothing_against_the_data_passes(int code) =>
        Assert.That(
            MongoFailures.ToException(Server, code, "no"),
            Is.TypeOf<StoreUnavailableException>().With.Property(nameof(StoreUnavailableException.Outcome)).EqualTo(WriteOutcome.Unknown));

    [TestCase(10107)]
    [TestCase(13)]
    public void What_was_not_begun_is_refused(int code) =>
        Assert.That(
            MongoFailures.ToException(Server, code, "no"),
            Is.TypeOf<StoreUnavailableException>().With.Property(nameof(StoreUnavailableException.Outcome)).EqualTo(WriteOutcome.Refused));
}
