namespace Tests.Support;

/// <summary>An engine of one test's own.</summary>
public sealed class OwnEngine : IDisposable
{
    private readonly IEngineServer server;

    internal OwnEngine(IEngineServer server) => this.server = server;

    /// <summary>Where it listens; the same after a restart.</summary>
    public string Uri => server.Uri;

    /// <summary>SIGKILL.</summary>
    /// <param name="broker">One of several brokers, from 1; null for the whole engine.</param>
    public void Kill(int? broker = null) => server.Kill(broker);

    /// <summary>Stops all its processes where they are, and waits until they stand still.</summary>
    public void Pause() => server.Pause();

    /// <summary>They go on.</summary>
    public void Resume() => server.Resume();

    /// <summary>Starts it again: same address, same data.</summary>
    public void Start(int? broker = null) => server.Start(broker);

    /// <summary>SIGTERM, and waits.</summary>
    public void Stop(int? broker = null) => server.Stop(broker);

    /// <summary>Runs RabbitMQ's own tool on it, which must succeed.</summary>
    public void RabbitMqControl(params string[] arguments)
    {
        var (exitCode, output) = server.RabbitMqControl(arguments);
        Assert.That(exitCode, Is.Zero, output);
    }

    /// <summary>Kills it and deletes its data.</summary>
    public void Dispose() => server.Wipe();
}
