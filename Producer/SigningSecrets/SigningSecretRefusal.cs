namespace Producer.SigningSecrets;

/// <summary>Why a signing secret was not made or rotated.</summary>
internal enum SigningSecretRefusal
{
    /// <summary>Several processes share the store, and there is no key to encrypt secrets with.</summary>
    NoKey,

    /// <summary>The destination has one.</summary>
    Taken,

    /// <summary>Somebody else has just changed it.</summary>
    Changed,
}
