using Jint;
using Jint.Runtime;

namespace Tests.Deployment;

/// <summary>MongoDB's health check, run by a JavaScript engine against a replica set in each of its states.</summary>
public sealed class MongoHealthCheckTests
{
    private const string NotInitiated = """{ code: 94, codeName: "NotYetInitialized", message: "no replset config has been received" }""";

    private static IReadOnlyList<string> Command => ComposeFile.Instance.Services["mongo"].HealthCommand;

    private static string Script => Command[^1];

    [Test]
    public void The_script_is_given_to_the_shell_of_mongodb() =>
        Assert.That(Command.Take(Command.Count - 1), Is.EqualTo(new[] { "mongosh", "--quiet", "--eval" }));

    [Test]
    public void Not_initiated_it_initiates_the_set_and_is_not_healthy_yet()
    {
        var mongo = new Mongo(statusFails: NotInitiated, isWritablePrimary: false);

        Assert.That((mongo.ExitCode, mongo.Initiated), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Initiated_and_primary_it_is_healthy()
    {
        var mongo = new Mongo(statusFails: null, isWritablePrimary: true);

        Assert.That((mongo.ExitCode, mongo.Initiated), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Initiated_and_not_yet_primary_it_is_not_healthy()
    {
        var mongo = new Mongo(statusFails: null, isWritablePrimary: false);

        Assert.That((mongo.ExitCode, mongo.Initiated), Is.EqualTo((1, 0)));
    }

    [TestCase("""{ name: "MongoNetworkError", message: "connect ECONNREFUSED 127.0.0.1:27017" }""")]
    [TestCase("""{ code: 13, codeName: "Unauthorized", message: "not authorized" }""")]
    [TestCase("""{ code: 76, codeName: "NoReplicationEnabled", message: "not running with --replSet" }""")]
    public void Without_an_answer_that_asks_for_it_nothing_is_initiated(string error)
    {
        var mongo = new Mongo(error, isWritablePrimary: true);

        Assert.That((mongo.ExitCode, mongo.Initiated), Is.EqualTo((1, 0)));
    }

    [Test]
    public void The_set_is_the_one_that_the_server_and_the_programs_are_told()
    {
        var service = ComposeFile.Instance.Services["mongo"];
        var mongo = new Mongo(NotInitiated, isWritablePrimary: false);
        var told = service.Command[service.Command.ToList().IndexOf("--replSet") + 1];
        var addresses = ComposeFile.Instance.Built.Select(built => new Uri(built.Environment["ConnectionStrings__MongoDb"])).ToList();

        Assert.That(mongo.Set, Is.EqualTo(told));
        Assert.That(addresses.Select(address => address.Query), Is.Not.Empty.And.All.EqualTo($"?replicaSet={told}"));
        Assert.That(addresses.Select(address => address.Authority), Has.All.EqualTo(mongo.Member));
    }

    /// <summary>What mongosh offers a script, as far as this one goes.</summary>
    private sealed class Mongo
    {
        public Mongo(string? statusFails, bool isWritablePrimary)
        {
            var engine = new Engine();
            engine.SetValue("quit", new Action<int>(code => throw new QuitException(code)));
            engine.SetValue(
                "initiated", new Action<string, string>((set, member) => (Initiated, Set, Member) = (Initiated + 1, set, member)));
            engine.Execute($$"""
                const rs = {
                    status() { {{(statusFails is null ? "return { ok: 1 };" : $"throw {statusFails};")}} },
                    initiate(config) { initiated(config._id, config.members[0].host); return { ok: 1 }; },
                };
                const db = { hello() { return { isWritablePrimary: {{(isWritablePrimary ? "true" : "false")}} }; } };
                """);
            try
            {
                engine.Execute(Script);
                ExitCode = 0;
            }
            catch (QuitException quit)
            {
                ExitCode = quit.Code;
            }
            catch (JavaScriptException)
            {
                // What a script lets escape ends mongosh with 1.
                ExitCode = 1;
            }
        }

        public int ExitCode { get; }

        public int Initiated { get; private set; }

        public string? Set { get; private set; }

        public string? Member { get; private set; }
    }

    private sealed class QuitException(int code) : Exception
    {
        public int Code => code;
    }
}
