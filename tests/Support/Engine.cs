using System.Globalization;

namespace Tests.Support;

/// <summary>A real engine that tests talk to: named by TEST_KAFKA and its like, or started by the servers script where that is at hand.</summary>
/// <remarks>Tests that need one are ignored with the reason when none can be had; in CI that is a failure.</remarks>
public sealed class Engine
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, string> Shared = [];
    private readonly string name;
    private readonly string[] options;

    private Engine(string name, string uri, string[] options)
    {
        this.name = name;
        Uri = uri;
        this.options = options;
    }

    /// <summary>Where it listens, as its connection string.</summary>
    public string Uri { get; }

    /// <summary>The script that starts, stops and breaks engines; null where it is not at hand.</summary>
    private static string? Script { get; } = FindScript();

    private static string StateFolder { get; } = Path.Combine(Path.GetTempPath(), $"timers-engines-{Environment.ProcessId}");

    /// <summary>The address of an engine that all tests of this run share. Nobody breaks it; each test uses names of its own in it.</summary>
    /// <param name="name">kafka, mongo, redis or rabbitmq.</param>
    public static string Address(string name)
    {
        lock (Gate)
        {
            if (Environment.GetEnvironmentVariable($"TEST_{name.ToUpperInvariant()}") is { Length: > 0 } given)
            {
                return given;
            }

            if (!Shared.TryGetValue(name, out var uri))
            {
                Shared[name] = uri = Start(name, []).Uri;
            }

            return uri;
        }
    }

    /// <summary>An engine of the test's own, to be paused, killed and restarted; the test disposes of it.</summary>
    /// <param name="name">kafka, mongo, redis, rabbitmq or toxiproxy.</param>
    /// <param name="more">Further options of the script.</param>
    public static OwnEngine StartOwn(string name, params string[] more)
    {
        lock (Gate)
        {
            return new OwnEngine(Start(name, ["--id", Guid.NewGuid().ToString("N")[..8], .. more]));
        }
    }

    /// <summary>Ends every engine that this run has started. Called once, at the end of the run.</summary>
    public static void WipeAll()
    {
        lock (Gate)
        {
            if (Script is not null && Directory.Exists(StateFolder))
            {
                Run("wipe-all");
                Directory.Delete(StateFolder, recursive: true);
            }
        }
    }

    /// <summary>The ids of its own processes.</summary>
    internal IEnumerable<int> Processes => Directory
        .EnumerateFiles(Path.Combine(StateFolder, $"{name}-{options[^1]}"), "pid", SearchOption.AllDirectories)
        .Select(file => int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture));

    internal void Do(string command, params string[] more) => Run([command, name, .. options, .. more]);

    private static Engine Start(string name, string[] options)
    {
        if (Script is null)
        {
            Tools.Missing($"no {name}: set TEST_{name.ToUpperInvariant()} to its address, or put the servers script beside the checkout");
        }

        if (name == "kafka")
        {
            BrokerStart.Prepare(Script!, with => Array.ForEach(["up", "down", "wipe"], command => Run(with, [command, name, "--id", "archive"])));
        }

        // Only what names the instance: starting it again must not repeat how it was made.
        var identity = options.SkipWhile(option => option != "--id").Take(2).ToArray();
        var (exitCode, output) = Run(["up", name, .. options]);
        if (exitCode != 0)
        {
            // Another took its port meanwhile, or Kafka was given a cluster id that looks like an option: once more, from nothing.
            Run(["wipe", name, .. identity]);
            (exitCode, output) = Run(["up", name, .. options]);
        }

        if (exitCode != 0)
        {
            Tools.Missing($"{name} does not start: {output}");
        }

        return new Engine(name, output.Trim().Split('\n')[^1].Trim(), identity);
    }

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
}
