using System.Globalization;

namespace Contracts.Schedules;

/// <summary>Reads one field of a cron expression.</summary>
/// <param name="text">The whole expression.</param>
/// <param name="part">Where the field stands in it.</param>
/// <param name="kind">Which one it is.</param>
/// <param name="dialect">How it is read.</param>
/// <param name="days">Gets what is said of days in other ways than by numbers.</param>
/// <param name="faults">Gets what is wrong; of a field the first thing.</param>
internal sealed class CronFieldReader(
    string text, Range part, CronField kind, CronDialect dialect, CronDays days, ICollection<ScheduleFault> faults)
{
    private const int MaxBeforeLast = 30;

    private readonly int end = part.End.Value;
    private int index = part.Start.Value;
    private ulong bits;

    private bool IsWeekday => kind.Names.Length == 7;

    /// <summary>The largest step that means more than one value, or that people write for the first day or month.</summary>
    private int MaxStep => kind.Min == 0 && !IsWeekday ? kind.Count - 1 : kind.Count;

    private bool IsDay => kind == CronField.DayOfMonth;

    /// <summary>What all the field's values make together.</summary>
    private string Whole => kind.Name switch
    {
        "second" => "minute",
        "minute" => "hour",
        "hour" => "day",
        "day of the month" => "month",
        "month" => "year",
        _ => "week",
    };

    private char Next => index < end ? char.ToUpperInvariant(text[index]) : '\0';

    /// <summary>Reads it.</summary>
    /// <returns>A bit for each value; weekdays from 0 for Sunday in both dialects.</returns>
    public ulong Read()
    {
        if (text[part] == "?")
        {
            if (dialect == CronDialect.Quartz && (IsDay || IsWeekday))
            {
                return 0;
            }

            Fail(index, dialect == CronDialect.Quartz ? "? may stand only for a day: write *"
                : "? is of Quartz's dialect (\"dialect\": \"quartz\"): write *");
            return 0;
        }

        do
        {
            if (!ReadItem())
            {
                return 0;
            }
        }
        while (Next == ',' && index++ < end);
        if (index < end)
        {
            Unexpected();
            return 0;
        }

        return bits;
    }

    private bool ReadItem()
    {
        if (Next == '*')
        {
            index++;
            return ReadStep(kind.Min, kind.Max);
        }

        if (IsDay && Next == 'L')
        {
            return ReadBeforeLast();
        }

        if (IsWeekday && Next == 'L' && index + 1 is var after && (after == end || !char.IsAsciiLetter(text[after])))
        {
            if (dialect != CronDialect.Quartz)
            {
                return Fail(index, "L needs its day of the week in front of it: FRIL for the last Friday of the month");
            }

            index++;
            return Set(7);
        }

        if (!ReadValue(out var from))
        {
            return false;
        }

        switch (Next)
        {
            case 'W' when IsDay:
                index++;
                days.Nearest |= 1U << from;
                return true;
            case 'L' when IsWeekday:
                index++;
                days.LastWeekdays |= 1U << Weekday(from);
                return true;
            case '#' when IsWeekday:
                return ReadNth(from);
            case '-':
                index++;
                return ReadValue(out var to) && ReadStep(from, to);
            case '/':
                return ReadStep(from, kind.Max);
            default:
                return Set(from);
        }
    }

    private bool ReadBeforeLast()
    {
        index++;
        var before = 0;
        if (Next == '-')
        {
            index++;
            var start = index;
            if (!ReadNumber(out before) || before > MaxBeforeLast)
            {
                return Fail(start, $"L- is followed by the number of days before the last one of the month, 0 to {MaxBeforeLast}");
            }
        }

        if (Next == 'W')
        {
            index++;
            days.NearestBeforeLast |= 1U << before;
        }
        else
        {
            days.BeforeLast |= 1U << before;
        }

        return true;
    }

    private bool ReadNth(int weekday)
    {
        index++;
        var start = index;
        if (!ReadNumber(out var nth) || nth is < 1 or > 5)
        {
            return Fail(start, "# is followed by which one of the month, 1 to 5; the last one is written with L, as in FRIL");
        }

        days.Nth |= 1UL << ((Weekday(weekday) * 5) + nth - 1);
        return true;
    }

    /// <summary>Sets the values of a range, which may go round: 22-2 are 22, 23, 0, 1 and 2.</summary>
    private bool ReadStep(int from, int to)
    {
        var step = 1;
        if (Next == '/')
        {
            index++;
            var number = index;
            if (!ReadNumber(out step))
            {
                return Fail(number, "/ is followed by a number: */5 means every fifth");
            }

            if (step == 0)
            {
                return Fail(number, "a step must be at least 1");
            }

            if (step > MaxStep)
            {
                return Fail(number, $"a step of {step} is too large for {kind.Plural}, and steps begin anew with each {Whole}; "
                    + $"\"every\": \"{Every(step)}\" would go on");
            }
        }

        if (from <= to)
        {
            for (var value = from; value <= to; value += step)
            {
                Set(value);
            }

            return true;
        }

        for (var value = from; value <= to + kind.Count; value += step)
        {
            Set(value > (IsWeekday ? kind.Min + 6 : kind.Max) && value != from ? value - kind.Count : value);
        }

        return true;
    }

    private bool ReadValue(out int value)
    {
        value = 0;
        var start = index;
        if (char.IsAsciiLetter(Next) && kind.Names.Length > 0)
        {
            return ReadName(out value);
        }

        if (!ReadNumber(out value))
        {
            return Unexpected();
        }

        if (value >= kind.Min && value <= kind.Max)
        {
            return true;
        }

        var written = text[start..index];
        var hint = (value, kind.Name) switch
        {
            (24, "hour") => "; midnight is 0",
            (60, "minute" or "second") => "; the full one is 0",
            (0, "day of the week") => "; Sunday is 1 in Quartz's dialect",
            _ => string.Empty,
        };
        return Fail(start, $"{written} is no {kind.Name}: {kind.Bounds}{hint}");
    }

    private bool ReadName(out int value)
    {
        var start = index;
        var name = text.AsSpan(index, Math.Min(3, end - index));
        value = Array.FindIndex(kind.Names, name.ToString().ToUpperInvariant().Equals) + kind.NamedFrom;
        if (value >= kind.NamedFrom)
        {
            index += 3;
            if (!char.IsAsciiLetter(Next) || (IsWeekday && Next == 'L' && (index + 1 == end || !char.IsAsciiLetter(text[index + 1]))))
            {
                return true;
            }
        }

        while (char.IsAsciiLetter(Next))
        {
            index++;
        }

        var written = text[start..index];
        return Fail(start, value >= kind.NamedFrom
            ? $"names have three letters: {kind.Names[value - kind.NamedFrom]} instead of {written}"
            : $"{written} is no {kind.Name}: names are {string.Join(", ", kind.Names)}");
    }

    private bool ReadNumber(out int number)
    {
        var start = index;
        while (char.IsAsciiDigit(Next))
        {
            index++;
        }

        // Longer numbers are out of every range, too.
        var digits = text.AsSpan(start, Math.Min(index - start, 9));
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private string Every(int step) => kind.Name switch
    {
        "second" => $"PT{step}S",
        "minute" => $"PT{step}M",
        "hour" => $"PT{step}H",
        "month" => $"P{step}M",
        _ => $"P{step}D",
    };

    /// <summary>From 0 for Sunday.</summary>
    private int Weekday(int value) => (value - kind.NamedFrom) % 7;

    private bool Set(int value)
    {
        bits |= 1UL << (IsWeekday ? Weekday(value) : value);
        return true;
    }

    private bool Unexpected() => Next switch
    {
        '\0' or ',' => Fail(index, $"a {kind.Name} is missing: {kind.Bounds}"),
        'L' or 'W' or '#' => Fail(index, Next switch
        {
            'L' => "L may stand in the day fields only: L for the last day of the month, FRIL for its last Friday",
            'W' => "W stands behind a day of the month only: 15W, or LW",
            _ => "# stands behind a day of the week only: MON#2",
        }),
        '?' => Fail(index, "? stands alone"),
        _ => Fail(index, $"'{text[index]}' is not expected here: {kind.Bounds}, with , - * and /"),
    };

    private bool Fail(int at, string message)
    {
        faults.Add(new ScheduleFault(CronParser.Field, at + 1, message));
        return false;
    }
}
