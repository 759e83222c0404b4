using Infrastructure.Hosting;
using Infrastructure.Messaging.Kafka;

namespace Tests.Infrastructure;

[Parallelizable]
public sealed class KafkaConnectionTests
{
    [Test]
    public void Servers_alone_are_enough()
    {
        var connection = KafkaConnection.Parse("one:9092, two.example.org:9093,[::1]:9094");

        Assert.That(connection.Servers, Is.EqualTo("one:9092, two.example.org:9093,[::1]:9094"));
        Assert.That(connection.Properties, Is.Empty);
    }

    [Test]
    public void Properties_follow_and_a_quoted_value_may_hold_a_semicolon()
    {
        var connection = KafkaConnection.Parse(
            "one:9092;security.protocol=sasl_ssl;sasl.mechanism=SCRAM-SHA-512;sasl.username=u;sasl.password=\"a;b=\"\"c\"\"\";");

        Assert.That(connection.Properties, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["security.protocol"] = "sasl_ssl",
            ["sasl.mechanism"] = "SCRAM-SHA-512",
            ["sasl.username"] = "u",
            ["sasl.password"] = "a;b=\"c\"",
        }));
    }

    [Test]
    public void All_faults_are_named_at_once_and_no_secret_is_shown()
    {
        var error = Assert.Throws<StartupException>(() => KafkaConnection.Parse(
            "one;acks=1;sasl.pasword=hunter2;security.protocol=hunter2;client.id=a;client.id=b;hunter2"));

        Assert.That(error!.Message, Does.StartWith("ConnectionStrings:Kafka cannot be used:"));
        Assert.That(error.Message, Does.Contain("begin with host:port"));
        Assert.That(error.Message, Does.Contain("acks is not to be set here"));
        Assert.That(error.Message, Does.Contain("sasl.pasword is not a property"));
        Assert.That(error.Message, Does.Contain("security.protocol has a value"));
        Assert.That(error.Message, Does.Contain("client.id is there twice"));
        Assert.That(error.Message, Does.Contain("only name=value"));
        Assert.That(error.Message, Does.Not.Contain("hunter2"));
    }

    [TestCase("acks")]
    [TestCase("enable.idempotence")]
    [TestCase("enable.auto.commit")]
    [TestCase("enable.auto.offset.store")]
    [TestCase("group.id")]
    [TestCase("group.protocol")]
    [TestCase("group.remote.assignor")]
    [TestCase("partition.assignment.strategy")]
    [TestCase("max.in.flight")]
    [TestCase("max.in.flight.requests.per.connection")]
    [TestCase("message.timeout.ms")]
    [TestCase("plugin.library.paths")]
    public void What_promises_rest_on_is_refused(string name) =>
        Assert.That(() => KafkaConnection.Parse($"one:9092;{name}=1"), Throws.TypeOf<StartupException>().With.Message.Contains(name));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("host:0")]
    [TestCase("host:70000")]
    [TestCase("a:1,,b:2")]
    [TestCase("http://a:1")]
    [TestCase("a:1;sasl.password=\"open")]
    public void What_is_no_connection_string_is_refused(string? text) =>
        Assert.That(() => KafkaConnection.Parse(text), Throws.TypeOf<StartupException>());

    [Test]
    public void Its_text_shows_no_properties() =>
        Assert.That(KafkaConnection.Parse("one:9092;sasl.password=hunter2").ToString(), Is.EqualTo("one:9092"));
}
