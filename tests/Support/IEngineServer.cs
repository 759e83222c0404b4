namespace Tests.Support;

/// <summary>A running engine, however it was started.</summary>
internal interface IEngineServer
{
    /// <summary>Its connection string; the same after a restart.</summary>
    string Uri { get; }

    /// <summary>Sends SIGKILL.</summary>
    /// <param name="broker">One of several brokers, from 1; null for the whole engine.</param>
    void Kill(int? broker);

    /// <summary>Pauses it; it has stopped when this returns.</summary>
    void Pause();

    void Resume();

    /// <summary>Restarts it, with the same address and data.</summary>
    /// <param name="broker">One of several brokers, from 1; null for the whole engine.</param>
    void Start(int? broker);

    /// <summary>Sends SIGTERM, and waits.</summary>
    /// <param name="broker">One of several brokers, from 1; null for the whole engine.</param>
    void Stop(int? broker);

    /// <summary>Runs RabbitMQ's own tool on it.</summary>
    (int ExitCode, string Output) RabbitMqControl(params string[] arguments);

    /// <summary>Stops it and deletes its data.</summary>
    void Wipe();
}
