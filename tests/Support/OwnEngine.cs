namespace Tests.Support;

/// <summary>An engine for one test alone.</summary>
public sealed class OwnEngine : IDisposable
{
    private readonly IEngineServer server;

    internal OwnEngine(IEngineServer server) => this.server = server;

    /// <summary>Its connection string; the same after a restart.</summary>
    public string Uri => server.Uri;

    /// <summary>Sends SIGKILL.</summary>
    /// <param name="broker">One of several brokers, from 1; null for the whole engine.</param>
    public void Kill(int? broker = null) => server.Kill(broker);

    /// <summary>Freezes all of its processes, and waits until they have stopped.</summary>
    public void Pause() => server.Pause();

    /// <summary>Lets them continue.</summary>
    public void Resume() => server.Resume();

    /// <summary>Restarts it, with the same address and data.</summary>
    public void Start(int? broker = null) => server.Start(broker);

    /// <summary>Sends SIGTERM, and waits.</summary>
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
