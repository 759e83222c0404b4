namespace Contracts.Schedules;

/// <summary>Reads cron expressions, and says of a wrong one which character is wrong and what was meant.</summary>
/// <param name="text">The expression.</param>
/// <param name="dialect">How it is read.</param>
/// <param name="faults">Gets what is wrong with it.</param>
internal sealed class CronParser(string text, CronDialect dialect, ICollection<ScheduleFault> faults)
{
    public const string Field = "cron";

    /// <summary>Maximum number of characters.</summary>
    public const int MaxLength = 500;

    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    private bool IsQuartz => dialect == CronDialect.Quartz;

    /// <summary>Reads it.</summary>
    /// <returns>Null if something is wrong with it.</returns>
    public CronTimes? Read()
    {
        if (text.Length > MaxLength)
        {
            return Fail(null, $"must not have more than {MaxLength} characters");
        }

        if (text.Trim() is ['@', ..] macro)
        {
            return Macros.TryGetValue(macro, out var meaning) && !IsQuartz
                ? new CronParser(meaning, dialect, faults).Read()
                : Fail(1, macro.Equals("@reboot", StringComparison.OrdinalIgnoreCase)
                    ? "@reboot never fires here: nothing is rebooted"
                    : IsQuartz ? "Quartz's dialect has no such names" : $"known names are {string.Join(", ", Macros.Keys)}");
        }

        var parts = Split();
        if (ReadLayout(parts) is not { } layout)
        {
            return null;
        }

        var days = new CronDays();
        var before = faults.Count;
        var (seconds, minutes, hours, months) = (1UL, 0UL, 0UL, 0UL);
        foreach (var (part, field) in parts.Zip(layout))
        {
            var reader = new CronFieldReader(text, part, field, dialect, days, faults);
            switch (field.Name)
            {
                case "second": seconds = reader.Read(); break;
                case "minute": minutes = reader.Read(); break;
                case "hour": hours = reader.Read(); break;
                case "month": months = reader.Read(); break;
                case "day of the month": days.Days = (uint)reader.Read(); break;
                default: days.Weekdays = (uint)reader.Read(); break;
            }
        }

        if (faults.Count > before)
        {
            return null;
        }

        var (day, weekday) = (parts[^3], parts[^1]);
        days.IsAnyDay = text[day] is "*" or "?";
        days.IsAnyWeekday = text[weekday] is "*" or "?";

        // In crontab what counts is the first character: */2 begins with an asterisk, so that both fields must agree.
        days.IsEither = IsQuartz ? !days.IsAnyDay && !days.IsAnyWeekday : text[day.Start] != '*' && text[weekday.Start] != '*';
        days.IsNearestClamped = IsQuartz;
        return days.Exist((uint)months)
            ? new CronTimes(seconds, minutes, hours, (uint)months, days)
            {
                // As cron's own authors told them apart, and as Cronos and Quartz 4 do.
                IsContinuous = text[parts[0].Start..parts[^4].End].AsSpan().ContainsAny('*', '-', '/'),
            }
            : Fail(day.Start.Value + 1, $"never fires: no year has such a day ({text[day]} {text[parts[^2]]} {text[weekday]})");
    }

    private CronField[]? ReadLayout(List<Range> parts)
    {
        var weekday = IsQuartz ? CronField.QuartzWeekday : CronField.VixieWeekday;
        CronField[] five = [CronField.Minute, CronField.Hour, CronField.DayOfMonth, CronField.Month, weekday];
        switch (parts.Count)
        {
            case 5 when IsQuartz:
                Fail(1, $"Quartz's dialect has six fields, seconds first: 0 {text.Trim()}");
                return null;
            case 5:
                return five;
            case 6:
                return [CronField.Second, .. five];
            case 7:
                Fail(parts[6].Start.Value + 1, "there is no field for years: startAt and endAt bound them");
                return null;
            default:
                Fail(parts.Count > 7 ? parts[7].Start.Value + 1 : text.Length == 0 ? null : text.Length,
                    IsQuartz
                        ? "must have six fields: second, minute, hour, day of the month, month, day of the week, such as 0 0 8 ? * MON-FRI"
                        : "must have five fields: minute, hour, day of the month, month, day of the week, such as 0 8 * * MON-FRI; "
                        + "or six, with seconds first");
                return null;
        }
    }

    private List<Range> Split()
    {
        var parts = new List<Range>();
        for (var index = 0; index < text.Length;)
        {
            if (char.IsWhiteSpace(text[index]))
            {
                index++;
                continue;
            }

            var start = index;
            while (index < text.Length && !char.IsWhiteSpace(text[index]))
            {
                index++;
            }

            parts.Add(start..index);
        }

        return parts;
    }

    private CronTimes? Fail(int? character, string message)
    {
        faults.Add(new ScheduleFault(Field, character, message));
        return null;
    }
}
