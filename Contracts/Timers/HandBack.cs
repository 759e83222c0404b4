namespace Contracts.Timers;

/// <summary>A claimed timer that was not sent.</summary>
/// <param name="Key">The timer.</param>
/// <param name="Token">Its claim.</param>
/// <param name="NextAt">When to offer it again, unless it was to be later already.</param>
public sealed record HandBack(Guid Key, ClaimToken Token, DateTimeOffset NextAt);
