namespace Contracts.Schedules;

/// <summary>A field of a cron expression.</summary>
/// <param name="Name">What its values are called, one by one.</param>
/// <param name="Plural">What they are called together.</param>
/// <param name="Min">The smallest value.</param>
/// <param name="Max">The largest value.</param>
/// <param name="Names">Names of values, the first of them for <paramref name="NamedFrom"/>.</param>
/// <param name="NamedFrom">The value of the first name.</param>
internal sealed record CronField(string Name, string Plural, int Min, int Max, string[] Names, int NamedFrom = 0)
{
    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    public static CronField Second { get; } = new("second", "seconds", 0, 59, []);

    public static CronField Minute { get; } = new("minute", "minutes", 0, 59, []);

    public static CronField Hour { get; } = new("hour", "hours", 0, 23, []);

    public static CronField DayOfMonth { get; } = new("day of the month", "days of the month", 1, 31, []);

    public static CronField Month { get; } = new(
        "month", "months", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1);

    /// <summary>0 and 7 are Sunday.</summary>
    public static CronField VixieWeekday { get; } = new("day of the week", "days of the week", 0, 7, Weekdays);

    /// <summary>1 is Sunday.</summary>
    public static CronField QuartzWeekday { get; } = new("day of the week", "days of the week", 1, 7, Weekdays, 1);

    /// <summary>The number of different values; a week has seven, although Sunday is written in two ways.</summary>
    public int Count => this == VixieWeekday ? 7 : Max - Min + 1;

    public string Bounds => $"{Plural} are {Min} to {Max}" + (this == VixieWeekday ? ", and both 0 and 7 are Sunday"
        : this == QuartzWeekday ? ", and 1 is Sunday" : string.Empty);
}
