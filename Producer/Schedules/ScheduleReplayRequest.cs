namespace Producer.Schedules;

/// <summary>Which skipped runs are made, and at which rate: the same as of a backfill, and nothing of it is needed.</summary>
internal sealed class ScheduleReplayRequest : ScheduleBackfillRequest;
