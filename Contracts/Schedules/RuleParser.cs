using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Contracts.Schedules;

/// <summary>Reads recurrence rules, and says of a wrong one which character is wrong and what was meant.</summary>
/// <param name="text">The rule, with or without RRULE: in front.</param>
/// <param name="faults">Gets what is wrong with it.</param>
internal sealed class RuleParser(string text, ICollection<ScheduleFault> faults)
{
    public const string Field = "rrule";

    /// <summary>Maximum number of characters.</summary>
    public const int MaxLength = 2_000;

    private const int MaxInterval = 1_000_000;
    private const int MaxCount = 10_000;
    private const string Prefix = "RRULE:";

    private static readonly string[] Parts =
    [
        "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO",
        "BYMONTH", "BYSETPOS",
    ];

    private static readonly string[] Weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

    private readonly Dictionary<string, (int Start, string Value)> values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads it.</summary>
    /// <returns>Null if something is wrong with it.</returns>
    public RecurrenceRule? Read()
    {
        var before = faults.Count;
        if (text.Length > MaxLength)
        {
            Fail(null, $"must not have more than {MaxLength} characters");
            return null;
        }

        Split();
        if (faults.Count > before)
        {
            return null;
        }

        if (!values.TryGetValue("FREQ", out var freq))
        {
            Fail(null, "needs FREQ, such as FREQ=DAILY");
            return null;
        }

        if (!Enum.TryParse<RuleFrequency>(freq.Value, ignoreCase: true, out var frequency) || !char.IsAsciiLetter(freq.Value[0]))
        {
            Fail(freq.Start, $"'{freq.Value}' is no frequency: "
                + string.Join(", ", Enum.GetNames<RuleFrequency>().Select(name => name.ToUpperInvariant())));
            return null;
        }

        var rule = new RecurrenceRule
        {
            Frequency = frequency,
            Interval = Number("INTERVAL", 1, MaxInterval) ?? 1,
            Count = Number("COUNT", 1, MaxCount),
            WeekStart = values.TryGetValue("WKST", out var start) && Weekday(start.Value, start.Start, "WKST") is { } first
                ? first : IsoDayOfWeek.Monday,
            Seconds = Numbers("BYSECOND", 0, 59, isSigned: false),
            Minutes = Numbers("BYMINUTE", 0, 59, isSigned: false),
            Hours = Numbers("BYHOUR", 0, 23, isSigned: false),
            Days = ReadDays(),
            MonthDays = Numbers("BYMONTHDAY", 1, 31, isSigned: true),
            YearDays = Numbers("BYYEARDAY", 1, 366, isSigned: true),
            WeekNumbers = Numbers("BYWEEKNO", 1, 53, isSigned: true),
            Months = Numbers("BYMONTH", 1, 12, isSigned: false),
            Positions = Numbers("BYSETPOS", 1, 366, isSigned: true),
        };
        rule = ReadUntil(rule);
        if (faults.Count == before)
        {
            Check(rule);
        }

        return faults.Count == before ? rule : null;
    }

    /// <summary>What the table of RFC 5545 §3.3.10 does not allow together.</summary>
    private void Check(RecurrenceRule rule)
    {
        var frequency = rule.Frequency.ToString().ToUpperInvariant();
        Refuse("UNTIL", rule.Count is not null, "must not stand together with COUNT");
        Refuse("BYWEEKNO", rule.Frequency != RuleFrequency.Yearly, "stands only with FREQ=YEARLY");
        Refuse("BYYEARDAY", rule.Frequency is RuleFrequency.Monthly or RuleFrequency.Weekly or RuleFrequency.Daily,
            $"does not stand with FREQ={frequency}");
        Refuse("BYMONTHDAY", rule.Frequency == RuleFrequency.Weekly, "does not stand with FREQ=WEEKLY");
        Refuse("BYDAY", rule.Days.Any(day => day.Nth != 0)
            && (rule.Frequency > RuleFrequency.Monthly || rule.WeekNumbers.Length > 0), rule.WeekNumbers.Length > 0
                ? "may say which one only without BYWEEKNO" : "may say which one only with FREQ=MONTHLY or YEARLY");
        Refuse("BYSETPOS", !values.Keys.Any(key => key.StartsWith("BY", StringComparison.OrdinalIgnoreCase)
            && !key.Equals("BYSETPOS", StringComparison.OrdinalIgnoreCase)),
            "stands only with another BY part, of whose times it takes some");
    }

    private void Refuse(string part, bool isWrong, string message)
    {
        if (isWrong && values.TryGetValue(part, out var found))
        {
            Fail(found.Start - part.Length - 1, $"{part} {message}");
        }
    }

    private void Split()
    {
        var index = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? Prefix.Length : 0;
        while (index < text.Length)
        {
            var end = text.IndexOf(';', index) is >= 0 and var found ? found : text.Length;
            var part = text[index..end];
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? part : part[..equals];
            if (part.Contains('\n', StringComparison.Ordinal))
            {
                Fail(text.IndexOf('\n', index) + 1, "there is one rule: DTSTART is anchor, EXDATE is exdates and RDATE is rdates here");
                return;
            }

            if (!Parts.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                Fail(index + 1, $"'{name}' is no part of a rule: {string.Join(", ", Parts)}");
            }
            else if (equals < 0 || equals == part.Length - 1)
            {
                Fail(end, $"{name} needs a value: {name}=…");
            }
            else if (!values.TryAdd(name, (index + equals + 2, part[(equals + 1)..])))
            {
                Fail(index + 1, $"{name} stands there twice");
            }

            index = end + 1;
        }
    }

    private int? Number(string part, int min, int max)
    {
        if (!values.TryGetValue(part, out var found))
        {
            return null;
        }

        if (int.TryParse(found.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        Fail(found.Start, $"{part} must be a number from {min} to {max}");
        return null;
    }

    private int[] Numbers(string part, int min, int max, bool isSigned)
    {
        var numbers = new List<int>();
        foreach (var (start, item) in Items(part))
        {
            var style = isSigned ? NumberStyles.AllowLeadingSign : NumberStyles.None;
            if (int.TryParse(item, style, CultureInfo.InvariantCulture, out var number)
                && Math.Abs((long)number) >= min && Math.Abs((long)number) <= max)
            {
                numbers.Add(number);
                continue;
            }

            Fail(start, $"'{item}' is not allowed in {part}: numbers are {min} to {max}"
                + (isSigned ? $", or -{max} to -{min}, counted from the end" : string.Empty)
                + (part == "BYSECOND" && item == "60" ? "; leap seconds do not exist on this clock" : string.Empty)
                + (part == "BYHOUR" && item == "24" ? "; midnight is 0" : string.Empty));
            break;
        }

        return [.. numbers.Distinct().Order()];
    }

    private (int Nth, IsoDayOfWeek Day)[] ReadDays()
    {
        var days = new List<(int, IsoDayOfWeek)>();
        foreach (var (start, item) in Items("BYDAY"))
        {
            var digits = item.Length - 2;
            var nth = 0;
            if (digits > 0 && (!int.TryParse(item[..digits], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out nth)
                || nth is 0 or < -53 or > 53))
            {
                Fail(start, $"'{item}' is no day: a weekday such as FR, the first as 1FR, or the last as -1FR");
                break;
            }

            if (Weekday(digits < 0 ? item : item[digits..], start + Math.Max(digits, 0), "BYDAY") is not { } day)
            {
                break;
            }

            days.Add((nth, day));
        }

        return [.. days.Distinct()];
    }

    private IsoDayOfWeek? Weekday(string name, int start, string part)
    {
        var index = Array.FindIndex(Weekdays, day => day.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (index >= 0)
        {
            return (IsoDayOfWeek)(index + 1);
        }

        Fail(start, $"'{name}' is no weekday in {part}: {string.Join(", ", Weekdays)}");
        return null;
    }

    private RecurrenceRule ReadUntil(RecurrenceRule rule)
    {
        if (!values.TryGetValue("UNTIL", out var until))
        {
            return rule;
        }

        if (LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd").Parse(until.Value) is { Success: true, Value: var day })
        {
            // RFC 5545 wants the same type as DTSTART's; calendars write dates all the same, and mean the day to its end.
            return rule with { Until = day.At(new LocalTime(23, 59, 59, 999)) };
        }

        var written = until.Value.ToUpperInvariant();
        var isUtc = written.EndsWith('Z');
        if (LocalDateTimePattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss").Parse(isUtc ? written[..^1] : written)
            is { Success: true, Value: var local })
        {
            return isUtc ? rule with { UntilInstant = local.InUtc().ToInstant() } : rule with { Until = local };
        }

        Fail(until.Start, "UNTIL must be as in 20301231T235959Z, 20301231T235959 (of the zone) or 20301231 (the whole day)");
        return rule;
    }

    /// <summary>The items of a list, and at which character each begins.</summary>
    private IEnumerable<(int Start, string Item)> Items(string part)
    {
        if (!values.TryGetValue(part, out var found))
        {
            yield break;
        }

        var start = found.Start;
        foreach (var item in found.Value.Split(','))
        {
            yield return (start, item);
            start += item.Length + 1;
        }
    }

    private void Fail(int? character, string message) => faults.Add(new ScheduleFault(Field, character, message));
}
