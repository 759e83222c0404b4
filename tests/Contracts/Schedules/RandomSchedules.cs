namespace Tests.Contracts.Schedules;

/// <summary>Random expressions over all features, in the form that both we and the reference of a dialect read.</summary>
internal sealed class RandomSchedules(Random random)
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    private static readonly string[] RuleDays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

    public T Of<T>(params T[] of) => of[random.Next(of.Length)];

    public int Number(int min, int max) => random.Next(min, max + 1);

    /// <summary>The five fields of crontab, of which seldom both day fields are restricted; and those that Cronos, which lets both decide,
    /// reads in its place: together they name the same times.</summary>
    public (string Cron, string[] Cronos) Vixie()
    {
        var times = Times();
        var month = random.Next(4) == 0 ? Month() : "*";
        var day = random.Next(2) == 0 ? Day() : "*";
        var weekday = random.Next(2) == 0 ? Weekday(0) : "*";
        var isEither = day[0] != '*' && weekday[0] != '*';
        return ($"{times} {day} {month} {weekday}",
            isEither ? [$"{times} {day} {month} *", $"{times} * {month} {weekday}"] : [$"{times} {day} {month} {weekday}"]);
    }

    /// <summary>Minutes and hours.</summary>
    public string Times() => $"{Field(0, 59, 3)} {Field(0, 23, 2)}";

    public string Quartz()
    {
        var month = random.Next(4) == 0 ? Month() : "*";
        var (day, weekday) = random.Next(5) switch
        {
            0 => ("*", "?"),
            1 => ("?", "*"),
            2 => (Day(), "?"),
            3 => ("?", Weekday(1)),
            _ => (Field(1, 31, 1), Field(1, 7, 1)),
        };
        return $"{Number(0, 59)} {Times()} {day} {month} {weekday}";
    }

    public string Rule()
    {
        var frequency = Of("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY");
        var parts = new List<string> { $"FREQ={frequency}", $"INTERVAL={Number(1, 3)}" };
        Sometimes(3, "BYHOUR", () => Numbers(0, 23, isSigned: false), frequency != "HOURLY");
        Sometimes(3, "BYMINUTE", () => Numbers(0, 59, isSigned: false), true);
        Sometimes(3, "BYMONTH", () => Numbers(1, 12, isSigned: false), true);

        // Of a year without months Ical.Net takes DTSTART's alone, where RFC 5545's table has BYMONTHDAY expand every month.
        Sometimes(4, "BYMONTHDAY", () => Numbers(1, 28, isSigned: true),
            frequency is "MONTHLY" or "DAILY" || (frequency == "YEARLY" && parts[^1].StartsWith("BYMONTH=", StringComparison.Ordinal)));
        Sometimes(3, "BYDAY", () => string.Join(',', Enumerable.Range(0, Number(1, 3)).Select(_ =>
            frequency == "MONTHLY" && random.Next(2) == 0 ? $"{Of(-2, -1, 1, 2, 3, 4)}{Of(RuleDays)}" : Of(RuleDays)).Distinct()), true);
        if (frequency is "MONTHLY" && parts.Any(part => part.StartsWith("BYDAY", StringComparison.Ordinal)) && random.Next(3) == 0)
        {
            parts.Add($"BYSETPOS={Of(1, -1)}");
        }

        return string.Join(';', parts);

        void Sometimes(int oneIn, string part, Func<string> value, bool isAllowed)
        {
            if (isAllowed && random.Next(oneIn) == 0)
            {
                parts.Add($"{part}={value()}");
            }
        }
    }

    private string Numbers(int min, int max, bool isSigned) => string.Join(',', Enumerable.Range(0, Number(1, 3))
        .Select(_ => Number(min, max) * (isSigned && random.Next(3) == 0 ? -1 : 1)).Distinct().Order());

    private string Field(int min, int max, int listOf) => random.Next(6) switch
    {
        0 => $"*/{Number(2, (max - min) / 2)}",
        1 => $"{Number(min, max)}-{Number(min, max)}",
        2 => $"{Number(min, max)}-{Number(min, max)}/{Number(1, 5)}",
        3 => $"{Number(min, max)}/{Number(1, (max - min) / 2)}",
        _ => string.Join(',', Enumerable.Range(0, Number(1, listOf)).Select(_ => Number(min, max))),
    };

    private string Month() => random.Next(3) switch
    {
        0 => $"{Of(Months)}-{Of(Months)}",
        1 => $"{Of(Months)},{Number(1, 12)}",
        _ => $"*/{Number(2, 6)}",
    };

    private string Day() => random.Next(6) switch
    {
        0 => "L",
        1 => "LW",
        2 => $"L-{Number(1, 20)}",
        3 => $"{Number(1, 28)}W",
        _ => Field(1, 31, 3),
    };

    private string Weekday(int sunday) => random.Next(6) switch
    {
        0 => $"{Number(sunday, sunday + 6)}L",
        1 => $"{Of(Weekdays)}#{Number(1, 5)}",
        2 => $"{Of(Weekdays)}-{Of(Weekdays)}",
        3 => $"{Of(Weekdays)},{Number(sunday, sunday + 6)}",
        _ => Field(sunday, sunday + 6, 2),
    };
}
