namespace Tests.Support;

/// <summary>An engine of one test's own.</summary>
public sealed class OwnEngine(Engine engine) : IDisposable
{
    /// <summary>Where it listens; the same after a restart.</summary>
    public string Uri => engine.Uri;

    /// <summary>SIGKILL.</summary>
    /// <param name="broker">One of several brokers, from 1; null for the whole engine.</param>
    public void Kill(int? broker = null) => engine.Do("kill", Broker(broker));

    /// <summary>SIGSTOP, and waits until each of its threads stands still: the signal is delivered to them one by one.</summary>
    public void Pause()
    {
        engine.Do("pause");
        SpinWait.SpinUntil(() => engine.Processes.All(StandsStill), TimeSpan.FromSeconds(10));
    }

    /// <summary>SIGCONT.</summary>
    public void Resume() => engine.Do("resume");

    /// <summary>Starts it again: same address, same data.</summary>
    public void Start(int? broker = null) => engine.Do("up", Broker(broker));

    /// <summary>SIGTERM, and waits.</summary>
    public void Stop(int? broker = null) => engine.Do("down", Broker(broker));

    /// <summary>A variable of the environment that it was started with.</summary>
    public string Variable(string name) => File.ReadAllText($"/proc/{engine.Processes.First()}/environ").Split('\0')
        .First(variable => variable.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];

    /// <summary>Kills it and deletes its data.</summary>
    public void Dispose() => engine.Do("wipe");

    private static bool StandsStill(int process) => Directory.EnumerateDirectories($"/proc/{process}/task").All(thread =>
        File.ReadAllText(Path.Combine(thread, "stat")).Split(')')[^1].TrimStart()[0] is 'T' or 'Z' or 'X');

    private static string[] Broker(int? broker) => broker is { } one ? ["--broker", $"{one}"] : [];
}
