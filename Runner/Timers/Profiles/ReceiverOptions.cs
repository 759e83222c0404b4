namespace Runner.Timers.Profiles;

/// <summary>What some receivers want of whoever calls them.</summary>
public sealed class ReceiverOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Receivers";

    /// <summary>
    /// A JSON file with private roots, client certificates and OAuth2 client credentials, by tenant and destination. It is read again when
    /// it changes, or a file that it names. Default none.
    /// </summary>
    public string? File { get; set; }
}
