namespace Contracts.Schedules;

/// <summary>A stored schedule.</summary>
public sealed record ScheduleRecord
{
    /// <summary>The tenant that it belongs to.</summary>
    public required string Tenant { get; init; }

    /// <summary>Its name: one of a tenant's schedules has it.</summary>
    public required string Name { get; init; }

    /// <summary>Drawn anew with every write, which is a compare-and-set on it.</summary>
    public Guid Stamp { get; init; } = Guid.NewGuid();

    /// <summary>When the Runner has to act on it; null for never.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>What a client put.</summary>
    public required ScheduleDefinition Definition { get; init; }

    /// <summary>How far it has come.</summary>
    public required ScheduleProgress Progress { get; init; }

    /// <summary>
    /// The stored calendars that it names, as far as they are there: looked up before anything is calculated, and not part of its row.
    /// </summary>
    public IReadOnlyList<CalendarRecord> Calendars { get; init; } = [];
}

/// <summary>A change of a schedule, if it still is what was read.</summary>
/// <param name="Before">As it was read; null to add it.</param>
/// <param name="After">As it shall be; null to remove it.</param>
public sealed record ScheduleWrite(ScheduleRecord? Before, ScheduleRecord? After);

/// <summary>Which schedules are listed, in the order of their names.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Limit">Maximum number.</param>
/// <param name="After">Only names behind this one.</param>
/// <param name="State">Only those in this state; null for all but deleted ones.</param>
/// <param name="Prefix">Only names that begin like this.</param>
public sealed record ScheduleQuery(string Tenant, int Limit, string? After = null, ScheduleState? State = null, string? Prefix = null);

/// <summary>A page of schedules.</summary>
/// <param name="Items">In the order of their names.</param>
/// <param name="Next">The name that the next page comes behind; null at the end.</param>
public sealed record SchedulePage(IReadOnlyList<ScheduleRecord> Items, string? Next);
