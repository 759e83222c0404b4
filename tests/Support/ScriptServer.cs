using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Tests.Support;

/// <summary>An engine that the servers script has started.</summary>
internal sealed class ScriptServer : IEngineServer
{
    private const int MaxStarts = 5;

    private readonly string name;
    private readonly string[] identity;

    private ScriptServer(string name, string uri, string[] identity)
    {
        this.name = name;
        this.identity = identity;
        Uri = uri;
    }

    public string Uri { get; }

    /// <summary>The script that starts, stops and breaks engines; null if it is not available.</summary>
    public static string? Script { get; } = FindScript();

    private static string StateFolder { get; } = Path.Combine(Path.GetTempPath(), $"timers-engines-{Environment.ProcessId}");

    /// <summary>The ids of its own processes.</summary>
    private IEnumerable<int> Processes => Directory
        .EnumerateFiles(Path.Combine(StateFolder, $"{name}-{identity[^1]}"), "pid", SearchOption.AllDirectories)
        .Select(file => int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture));

    /// <summary>Starts one; the test is ignored, with the reason, if that is impossible.</summary>
    /// <param name="name">kafka, mongo, redis, rabbitmq or toxiproxy.</param>
    /// <param name="id">Which one of several; null for the shared one.</param>
    /// <param name="more">Further options of the script.</param>
    public static ScriptServer Start(string name, string? id, string[] more)
    {
        if (name == "kafka")
        {
            BrokerStart.Prepare(
                Script!, with => Array.ForEach(["up", "down", "wipe"], command => Run(with, [command, name, "--id", "archive"])));
        }

        // Only what identifies the instance: the options that created it must not be repeated when it is restarted.
        string[] instance = id is null ? [] : ["--id", id];
        var (exitCode, output) = Run(["up", name, .. instance, .. more]);
        for (var again = 1; exitCode != 0 && again < MaxStarts; again++)
        {
            // Another process took its port meanwhile, or Kafka was given a cluster id that looks like an option, as one in 64 does: try
            // again, from scratch.
            Run(["wipe", name, .. instance]);
            (exitCode, output) = Run(["up", name, .. instance, .. more]);
        }

        if (exitCode != 0)
        {
            Tools.Missing($"{name} does not start: {output}");
        }

        var uri = output.Trim().Split('\n')[^1].Trim();
        if (name == "mongo")
        {
            // Its port accepts connections before its tables exist, and killed in between it never starts again.
            using var client = new MongoClient(uri);
            client.GetDatabase("admin").RunCommand<BsonDocument>(new BsonDocument("hello", 1));
        }

        return new ScriptServer(name, uri, instance);
    }

    /// <summary>Stops everything that this run has started.</summary>
    public static void WipeAll()
    {
        if (Script is not null && Directory.Exists(StateFolder))
        {
            Run("wipe-all");
            Directory.Delete(StateFolder, recursive: true);
        }
    }

    public void Kill(int? broker) => Do("kill", broker);

    /// <summary>Sends SIGSTOP, and waits until each of its threads has stopped: the signal is delivered to them one by one.</summary>
    public void Pause()
    {
        Do("pause");
        SpinWait.SpinUntil(() => Processes.All(StandsStill), TimeSpan.FromSeconds(10));
    }

    public void Resume() => Do("resume");

    public void Start(int? broker) => Do("up", broker);

    public void Stop(int? broker) => Do("down", broker);

    public (int ExitCode, string Output) RabbitMqControl(params string[] arguments) => Tools.Run(
        "env",
        [
            $"HOME={Variable("HOME")}", "/usr/lib/rabbitmq/bin/rabbitmqctl", "--node", Variable("RABBITMQ_NODENAME"), .. arguments,
        ]);

    public void Wipe() => Run(["wipe", name, .. identity]);

    private static bool StandsStill(int process) => Directory.EnumerateDirectories($"/proc/{process}/task").All(thread =>
        File.ReadAllText(Path.Combine(thread, "stat")).Split(')')[^1].TrimStart()[0] is 'T' or 'Z' or 'X');

    private static (int ExitCode, string Output) Run(params string[] arguments) => Run(BrokerStart.Options(Script!), arguments);

    private static (int ExitCode, string Output) Run(string options, string[] arguments) =>
        Tools.Run("env", [$"SERVERS_DIR={StateFolder}", $"JDK_JAVA_OPTIONS={options}", Script!, .. arguments]);

    private static string? FindScript()
    {
        if (Environment.GetEnvironmentVariable("TEST_SERVERS") is { Length: > 0 } given)
        {
            return given;
        }

        for (var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "shared", "servers", "servers");
            if (File.Exists(script))
            {
                return script;
            }
        }

        return null;
    }

    /// <summary>An environment variable that it was started with.</summary>
    private string Variable(string variable) => File.ReadAllText($"/proc/{Processes.First()}/environ").Split('\0')
        .First(entry => entry.StartsWith($"{variable}=", StringComparison.Ordinal))[(variable.Length + 1)..];

    private void Do(string command, int? broker = null)
    {
        var (exitCode, output) = Run([command, name, .. identity, .. broker is { } one ? (string[])["--broker", $"{one}"] : []]);

        // An engine that does not come back is not to look like a fault of ours.
        Assert.That(exitCode, Is.Zero, $"{command} {name}: {output}");
    }
}
