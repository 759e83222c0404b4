namespace Runner.Timers.Profiles;

/// <summary>OAuth2 client credentials (RFC 6749 §4.4).</summary>
internal sealed record TokenSettings
{
    /// <summary>The token endpoint.</summary>
    public required Uri Url { get; init; }

    /// <summary>Names the client there.</summary>
    public required string ClientId { get; init; }

    /// <summary>Its secret; null if it is in a file, or the client shows a certificate instead (RFC 8705).</summary>
    public string? ClientSecret { get; init; }

    /// <summary>A file with its secret.</summary>
    public string? ClientSecretFile { get; init; }

    /// <summary>What the tokens are to allow, separated by spaces; null for what the endpoint gives.</summary>
    public string? Scope { get; init; }

    /// <summary>Whom the tokens are for, where an endpoint wants to know; null for nobody in particular.</summary>
    public string? Audience { get; init; }

    /// <summary>Whether the secret is sent in the form instead of the header <c>Authorization</c>.</summary>
    public bool IsInForm { get; init; }
}
