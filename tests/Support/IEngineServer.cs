namespace Tests.Support;

/// <summary>A running engine, however it was started.</summary>
internal interface IEngineServer
{
    /// <summary>Where it listens, as its connection string; the same after a restart.</summary>
    string Uri { get; }

    /// <summary>SIGKILL.</summary>
    /// <param name="broker">One of several brokers, from 1; null for the whole engine.</param>
    void Kill(int? broker);

    /// <summary>It stands still when this returns.</summary>
    void Pause();

    void Resume();

    /// <summary>Starts it again: same address, same data.</summary>
    /// <param name="broker">One of several brokers, from 1; null for the whole engine.</param>
    void Start(int? broker);

    /// <summary>SIGTERM, and waits.</summary>
    /// <param name="broker">One of several brokers, from 1; null for the whole engine.</param>
    void Stop(int? broker);

    /// <summary>Runs RabbitMQ's own tool on it.</summary>
    (int ExitCode, string Output) RabbitMqControl(params string[] arguments);

    /// <summary>Ends it and deletes its data.</summary>
    void Wipe();
}
