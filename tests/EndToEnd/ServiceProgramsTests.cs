using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Programs with settings that cannot work: they do not start, and one message names every fault.</summary>
[Parallelizable]
public sealed class ServiceProgramsTests
{
    private const string Mongo = "mongodb://127.0.0.1:9/";

    [TestCase("Producer")]
    [TestCase("Consumer")]
    [TestCase("Runner")]
    public void A_service_without_shared_engines_names_all_that_are_missing_and_what_to_do_instead(string service) =>
        Refuses(service, [], "ConnectionStrings:Kafka", "ConnectionStrings:RabbitMq", "ConnectionStrings:MongoDb",
            "dotnet run --project Standalone");

    [Test]
    public void Two_logs_are_one_too_many() => Refuses(
        "Consumer",
        ["--ConnectionStrings:Kafka", "127.0.0.1:9", "--ConnectionStrings:RabbitMq", "amqp://127.0.0.1:9/", "--ConnectionStrings:MongoDb",
            Mongo],
        "ConnectionStrings:Kafka and ConnectionStrings:RabbitMq");

    [Test]
    public void A_shared_log_over_a_store_of_its_own_is_refused() =>
        Refuses("Standalone", ["--ConnectionStrings:Kafka", "127.0.0.1:9", "--Storage:InMemory", "true"], "ConnectionStrings:MongoDb");

    [Test]
    public void A_shared_store_under_a_log_of_its_own_is_refused() =>
        Refuses("Standalone", ["--ConnectionStrings:MongoDb", Mongo], "ConnectionStrings:Kafka", "ConnectionStrings:RabbitMq");

    [Test]
    public void Every_fault_is_named_at_once_and_no_secret() => Refuses(
        "Producer",
        [
            "--ConnectionStrings:Kafka", "nonsense;acks=0;sasl.password=s3cret;no.such.property=1", "--ConnectionStrings:MongoDb",
            "mongo:s3cret@here",
            "--ConnectionStrings:Redis", "host:port,password=s3cret", "--Kafka:Partitions", "0", "--Producer:Timers:Deadline", "1.00:00:00",
            "--Producer:Serves", "7",
        ],
        "host:port", "acks", "no.such.property", "ConnectionStrings:MongoDb", "ConnectionStrings:Redis", "Kafka:Partitions",
        "Producer:Timers:Deadline",
        "Producer:Serves");

    [Test]
    public void What_only_a_whole_Kafka_client_refuses_is_named_beside_other_faults() => Refuses(
        "Runner",
        [
            "--ConnectionStrings:Kafka", "127.0.0.1:9;security.protocol=ssl;ssl.ca.location=/nowhere/ca.pem", "--ConnectionStrings:MongoDb",
            Mongo, "--Kafka:Partitions", "0",
        ],
        "ConnectionStrings:Kafka", "ssl.ca.location", "Kafka:Partitions");

    [Test]
    public void Values_that_cannot_be_read_hide_no_other_fault() => Refuses(
        "Runner",
        [
            "--ConnectionStrings:Kafka", "nonsense", "--ConnectionStrings:MongoDb", Mongo, "--Kafka:Retention", "soon", "--Kafka:Linger",
            "x", "--Kafka:Partitions", "0",
            "--Runner:Due:Window", "wide", "--Runner:Upkeep:PurgeInterval", "00:00:00",
        ],
        "ConnectionStrings:Kafka", "Kafka:Retention", "Kafka:Linger", "Kafka:Partitions", "Runner:Due:Window",
        "Runner:Upkeep:PurgeInterval");

    [Test]
    public void Settings_that_do_not_exist_are_named_beside_those_that_do() => Refuses(
        "Runner",
        [
            "--ConnectionStrings:Kafka", "127.0.0.1:9", "--ConnectionStrings:MongoDb", Mongo, "--Runner:Due:LargestWindow", "00:00:01",
            "--Kafka:Partition", "3",
        ],
        "There is no setting Runner:Due:LargestWindow", "MaxWindow", "There is no setting Kafka:Partition. Did you mean Kafka:Partitions?",
        "TopicPrefix");

    [Test]
    public void Names_that_are_nearly_right_are_refused_with_the_right_ones() => Refuses(
        "Standalone",
        [
            "--ConnectionStrings:Kafak", "127.0.0.1:9", "--Storrage:Path", "x", "--Runner:Deu:Window",
            "00:00:01", "--Targets:AlowLoopback", "false", "--Somebody:Else", "1",
        ],
        "There is no setting ConnectionStrings:Kafak. Did you mean ConnectionStrings:Kafka?",
        "There are no settings Storrage. Did you mean Storage?", "There are no settings Runner:Deu. Did you mean Runner:Due?",
        "There is no setting Targets:AlowLoopback. Did you mean Targets:AllowLoopback?");

    [Test]
    public void A_group_without_a_name_is_refused() => Refuses(
        "Consumer", ["--ConnectionStrings:Kafka", "127.0.0.1:9", "--ConnectionStrings:MongoDb", Mongo, "--Kafka:ConsumerGroup="],
        "Kafka:ConsumerGroup");

    [Test]
    public void Requests_must_outlast_the_delivery() => Refuses(
        "Producer",
        ["--ConnectionStrings:Kafka", "127.0.0.1:9", "--ConnectionStrings:MongoDb", Mongo, "--Producer:Timers:Deadline", "00:00:05"],
        "Producer:Timers:Deadline");

    [Test]
    public void Rows_must_outlive_the_log() => Refuses(
        "Runner",
        ["--ConnectionStrings:Kafka", "127.0.0.1:9", "--ConnectionStrings:MongoDb", Mongo, "--Runner:Upkeep:Retention", "3.00:00:00"],
        "Runner:Upkeep:Retention");

    [TestCase("Standalone", "--in-memory")]
    public void An_address_of_another_machine_is_told(string program, params string[] settings)
    {
        var (exitCode, output) = Tools.Run(
            "dotnet", [ServiceProcess.AssemblyOf(program), .. settings, "--urls", "http://192.0.2.1:3999"]);

        Assert.That((exitCode, output), Is.EqualTo((2, output)));
        Assert.That(output, Does.Contain("Name another address with --urls.").And.Not.Contain("   at "));
    }

    private static void Refuses(string program, string[] settings, params string[] words)
    {
        var (exitCode, output) = Tools.Run("dotnet", [ServiceProcess.AssemblyOf(program), "--urls", "http://127.0.0.1:0", .. settings]);

        Assert.That(exitCode, Is.EqualTo(2), output);
        Assert.Multiple(() =>
        {
            foreach (var word in words)
            {
                Assert.That(output, Does.Contain(word));
            }

            Assert.That(output, Does.Not.Contain("   at ").And.Not.Contain("s3cret"));
        });
    }
}
