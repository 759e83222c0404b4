namespace Producer.Slices;

/// <summary>What a Producer answers.</summary>
public enum ServedRequests
{
    /// <summary>Everything.</summary>
    All,

    /// <summary>Only what changes nothing.</summary>
    Reads,

    /// <summary>Only creates and commands.</summary>
    Writes,
}
