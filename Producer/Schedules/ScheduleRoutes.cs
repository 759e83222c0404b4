namespace Producer.Schedules;

/// <summary>Where schedules are.</summary>
internal static class ScheduleRoutes
{
    public const string Root = "/api/v1/schedules";
}
