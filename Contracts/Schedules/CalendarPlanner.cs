using Contracts.Common;

namespace Contracts.Schedules;

/// <summary>What a calendar becomes, as pure calculation.</summary>
public static class CalendarPlanner
{
    /// <summary>How many former states of its dates are kept.</summary>
    public const int MaxFormer = 10;

    /// <summary>How long they are kept: a Runner that was away for longer decides by what is valid when it comes back.</summary>
    public static readonly TimeSpan FormerFor = TimeSpan.FromDays(1);

    /// <summary>How long a deleted one is kept, longer than any request takes: a schedule that was put meanwhile finds it again.</summary>
    public static readonly TimeSpan DeletedFor = TimeSpan.FromMinutes(1);

    /// <summary>The calendar with these dates.</summary>
    /// <param name="before">As it is, or was before it was deleted; null for a new one.</param>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="name">Its name.</param>
    /// <param name="excluded">On these dates nothing runs.</param>
    /// <param name="included">Where there are any, only on these dates something runs.</param>
    /// <param name="now">The store's time.</param>
    /// <returns>The same one if nothing changes.</returns>
    public static CalendarRecord Put(
        CalendarRecord? before, string tenant, string name, CalendarDates excluded, CalendarDates included, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(excluded);
        ArgumentNullException.ThrowIfNull(included);
        now = Instants.CeilingToMilliseconds(now);
        var old = before?.Content;
        var isThere = before is { IsDeleted: false };
        if (isThere && old!.Excluded.Entries.SequenceEqual(excluded.Entries) && old.Included.Entries.SequenceEqual(included.Entries))
        {
            return before!;
        }

        return new CalendarRecord
        {
            Tenant = tenant,
            Name = name,

            // Also over a deletion: a schedule may have been put at the same time.
            WakeAt = before is null ? null : now,
            Content = new CalendarContent
            {
                Revision = RevisionAfter(old, now),
                CreatedAt = isThere ? old!.CreatedAt : now,
                ChangedAt = now,
                Excluded = excluded,
                Included = included,
                Former = !isThere ? []
                    : [.. old!.Former.Append(new FormerDates(now, old.Excluded, old.Included)).Where(each => each.Until > now - FormerFor)
                        .TakeLast(MaxFormer)],
            },
        };
    }

    /// <summary>The calendar, deleted.</summary>
    public static CalendarRecord Delete(CalendarRecord record, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record with { Stamp = Guid.NewGuid(), IsDeleted = true, WakeAt = now + DeletedFor };
    }

    /// <summary>The calendar as it was before it was deleted: a schedule names it.</summary>
    public static CalendarRecord Restore(CalendarRecord record, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);

        // What its deletion interrupted, it does again.
        return record with { Stamp = Guid.NewGuid(), IsDeleted = false, WakeAt = now };
    }

    /// <summary>The calendar, of which the schedules know.</summary>
    public static CalendarRecord Told(CalendarRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record with { Stamp = Guid.NewGuid(), WakeAt = null };
    }

    /// <summary>Over a deletion, too: a later one of this name begins with its own milliseconds.</summary>
    private static long RevisionAfter(CalendarContent? old, DateTimeOffset now) =>
        Math.Max((old?.Revision ?? 0) + 1, now.ToUnixTimeMilliseconds());
}
