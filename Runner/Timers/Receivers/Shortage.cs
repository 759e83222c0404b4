namespace Runner.Timers.Receivers;

/// <summary>What this process can be short of.</summary>
internal enum Shortage
{
    /// <summary>Threads that resolve names.</summary>
    Lookups,

    /// <summary>Connections to receivers, by their own bound.</summary>
    Connections,

    /// <summary>Descriptors, ports or buffers of the operating system.</summary>
    Descriptors,

    /// <summary>What webhooks have to be signed with: it is not known yet, or cannot be decrypted.</summary>
    Secrets,

    /// <summary>The proxy that webhooks go through does not answer.</summary>
    Proxy,

    /// <summary>What a webhook has to be sent with cannot be decrypted.</summary>
    Credentials,
}
