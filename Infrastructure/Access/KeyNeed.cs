namespace Infrastructure.Access;

/// <summary>When callers need a key.</summary>
public enum KeyNeed
{
    /// <summary>As soon as there is one.</summary>
    IfAny,

    /// <summary>Always; a Producer that finds no key makes the first one.</summary>
    Always,

    /// <summary>Never, as long as the service listens on loopback only.</summary>
    Never,
}
