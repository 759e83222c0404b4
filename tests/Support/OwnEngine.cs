namespace Tests.Support;

/// <summary>An engine of one test's own.</summary>
public sealed class OwnEngine(Engine engine) : IDisposable
{
    /// <summary>Where it listens; the same after a restart.</summary>
    public string Uri => engine.Uri;

    /// <summary>SIGKILL.</summary>
    /// <param name="broker">One of several brokers, from 1; null for the whole engine.</param>
    public void Kill(int? broker = null) => engine.Do("kill", Broker(broker));

    /// <summary>SIGSTOP.</summary>
    public void Pause() => engine.Do("pause");

    /// <summary>SIGCONT.</summary>
    public void Resume() => engine.Do("resume");

    /// <summary>Starts it again: same address, same data.</summary>
    public void Start(int? broker = null) => engine.Do("up", Broker(broker));

    /// <summary>SIGTERM, and waits.</summary>
    public void Stop(int? broker = null) => engine.Do("down", Broker(broker));

    /// <summary>Kills it and deletes its data.</summary>
    public void Dispose() => engine.Do("wipe");

    private static string[] Broker(int? broker) => broker is { } one ? ["--broker", $"{one}"] : [];
}
