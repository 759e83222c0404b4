namespace Contracts.Schedules;

/// <summary>How a cron expression is read.</summary>
public enum CronDialect
{
    /// <summary>
    /// As crontab does: 0 and 7 are Sunday; where both day fields are restricted, either is enough. Five fields, or six with seconds first.
    /// </summary>
    Vixie,

    /// <summary>
    /// As Quartz does: 1 is Sunday and 7 Saturday; a day field that does not matter is <c>?</c> or <c>*</c>. Six fields, seconds first.
    /// </summary>
    Quartz,
}
