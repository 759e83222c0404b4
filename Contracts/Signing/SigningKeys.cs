namespace Contracts.Signing;

/// <summary>What webhooks to one destination are signed with, in memory.</summary>
public sealed class SigningKeys
{
    private readonly ISigner[] current;
    private readonly ISigner[] both;
    private readonly DateTimeOffset? previousUntil;

    /// <param name="current">The secret.</param>
    /// <param name="previous">The one before the last rotation; null without one.</param>
    /// <param name="previousUntil">Until when that one signs as well.</param>
    public SigningKeys(ISigner current, ISigner? previous = null, DateTimeOffset? previousUntil = null)
    {
        this.current = [current];
        both = previous is null ? this.current : [current, previous];
        this.previousUntil = previousUntil;
    }

    /// <summary>What signs at an instant, the latest first.</summary>
    public IReadOnlyList<ISigner> At(DateTimeOffset now) => now < previousUntil ? both : current;
}
