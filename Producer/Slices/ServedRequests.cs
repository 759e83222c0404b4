namespace Producer.Slices;

/// <summary>Which requests a Producer serves.</summary>
public enum ServedRequests
{
    /// <summary>Everything.</summary>
    All,

    /// <summary>Only requests that change nothing.</summary>
    Reads,

    /// <summary>Only creates and commands.</summary>
    Writes,
}
