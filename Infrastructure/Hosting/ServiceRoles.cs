namespace Infrastructure.Hosting;

/// <summary>Which services run in a process.</summary>
[Flags]
public enum ServiceRoles
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>REST in, messages out.</summary>
    Producer = 1,

    /// <summary>Messages in, stored state out.</summary>
    Consumer = 2,

    /// <summary>Stored state in, webhooks out.</summary>
    Runner = 4,

    /// <summary>All three: what they share may then be embedded.</summary>
    All = Producer | Consumer | Runner,
}
