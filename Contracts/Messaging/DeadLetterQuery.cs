namespace Contracts.Messaging;

/// <summary>Which dead letters to list; all conditions hold together.</summary>
public sealed record DeadLetterQuery
{
    /// <summary>Whose.</summary>
    public string Tenant { get; init; } = Common.Tenant.Default;

    /// <summary>Only of this topic.</summary>
    public string? Topic { get; init; }

    /// <summary>Only in this state.</summary>
    public DeadLetterState? State { get; init; }

    /// <summary>The <see cref="DeadLetterPage.Next"/> of the previous page; null for the first.</summary>
    public DeadLetterCursor? Cursor { get; init; }

    /// <summary>Maximum page size, 1 to 1,000.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>Where a page ended.</summary>
/// <param name="DiedAt">The last letter's instant.</param>
/// <param name="Id">The last letter's id, where several share an instant.</param>
public sealed record DeadLetterCursor(DateTimeOffset DiedAt, string Id);

/// <summary>A page of dead letters.</summary>
/// <param name="Items">The latest come first; without their contents.</param>
/// <param name="Next">The cursor for the next page; null at the end.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Items, DeadLetterCursor? Next);
