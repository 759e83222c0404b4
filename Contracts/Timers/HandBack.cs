namespace Contracts.Timers;

/// <summary>A claimed timer that was not sent.</summary>
/// <param name="Key">The store's key of the timer.</param>
/// <param name="Token">The token of the claim that is given up; another one's claim stays.</param>
/// <param name="NextAt">When to offer it again, unless it was to be later already.</param>
public sealed record HandBack(Guid Key, ClaimToken Token, DateTimeOffset NextAt);
