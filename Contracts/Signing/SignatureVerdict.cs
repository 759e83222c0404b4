namespace Contracts.Signing;

/// <summary>What a receiver finds of a webhook's signature.</summary>
public enum SignatureVerdict
{
    /// <summary>It was made with one of the secrets, and just now.</summary>
    Valid,

    /// <summary>One of the three headers is missing.</summary>
    Missing,

    /// <summary>The timestamp is not a number of seconds.</summary>
    Malformed,

    /// <summary>It was sent too long ago: somebody may repeat what was overheard.</summary>
    TooOld,

    /// <summary>It claims to be sent in the future.</summary>
    TooNew,

    /// <summary>No signature was made with one of the secrets over these bytes.</summary>
    Wrong,
}
