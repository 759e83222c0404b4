namespace Contracts.Schedules;

/// <summary>An ISO 8601 duration, as a schedule repeats: elapsed time, or days and months of the calendar.</summary>
/// <param name="Months">Whole months, a year being twelve.</param>
/// <param name="Days">Whole days, a week being seven.</param>
/// <param name="Elapsed">Hours, minutes and seconds.</param>
internal sealed record SchedulePeriod(int Months, int Days, TimeSpan Elapsed)
{
    private const string Form = "must be an ISO 8601 duration such as PT15M, P1D, P2W or P1M";
    private const int MaxYears = 100;
    private const string DateUnits = "YMWD";
    private const string TimeUnits = "HMS";

    public bool IsElapsed => Months == 0 && Days == 0;

    /// <summary>Reads one, from a second to a hundred years.</summary>
    public static SchedulePeriod? Read(string text, string field, ICollection<ScheduleFault> faults)
    {
        ScheduleFault? fault = null;
        var (months, days, milliseconds) = (0L, 0L, 0m);
        var (index, units, isTime, any) = (1, DateUnits, false, false);
        if (text is not ['P', _, ..])
        {
            return Fail(1, Form);
        }

        while (index < text.Length && fault is null)
        {
            if (text[index] == 'T' && !isTime && index + 1 < text.Length)
            {
                (isTime, units, index) = (true, TimeUnits, index + 1);
                continue;
            }

            var start = index;
            while (index < text.Length && (char.IsAsciiDigit(text[index]) || text[index] == '.'))
            {
                index++;
            }

            var digits = text.AsSpan(start, index - start);
            if (digits.IsEmpty || digits.Length > 12 || index == text.Length
                || !decimal.TryParse(digits, System.Globalization.NumberStyles.AllowDecimalPoint,
                    System.Globalization.CultureInfo.InvariantCulture, out var number))
            {
                return Fail(start + 1, index == text.Length && !digits.IsEmpty ? "a number needs its unit, such as PT15M" : Form);
            }

            var unit = text[index];
            var place = units.IndexOf(unit, StringComparison.Ordinal);
            if (place < 0)
            {
                return Fail(index + 1, !isTime && TimeUnits.Contains(unit, StringComparison.Ordinal)
                    ? $"hours, minutes and seconds stand behind a T: {text[..start]}T{text[start..]}" : Form);
            }

            if (unit != 'S' && number != decimal.Truncate(number))
            {
                return Fail(start + 1, "only seconds may have a fraction");
            }

            (units, index, any) = (units[(place + 1)..], index + 1, true);
            switch (unit)
            {
                case 'Y': months += (long)number * 12; break;
                case 'M' when !isTime: months += (long)number; break;
                case 'W': days += (long)number * 7; break;
                case 'D': days += (long)number; break;
                default: milliseconds += number * (unit switch { 'H' => 3_600_000, 'M' => 60_000, _ => 1_000 }); break;
            }
        }

        if (!any || milliseconds != decimal.Truncate(milliseconds))
        {
            return Fail(null, any ? "must be whole milliseconds" : Form);
        }

        if (milliseconds > 0 && (months > 0 || days > 0))
        {
            var minutes = (days * 24 * 60) + (long)(milliseconds / 60_000);
            var elapsed = months > 0 ? string.Empty
                : minutes % 60 == 0 ? $" PT{minutes / 60}H counts elapsed time," : $" PT{minutes}M counts elapsed time,";
            return Fail(null, $"must not mix days of the calendar with hours:{elapsed} P1D keeps the time of day");
        }

        if (months > MaxYears * 12 || days > MaxYears * 366 || milliseconds > MaxYears * 366m * 86_400_000)
        {
            return Fail(null, $"must not be longer than {MaxYears} years");
        }

        return milliseconds < 1_000 && months == 0 && days == 0
            ? Fail(null, "must be at least a second")
            : new SchedulePeriod((int)months, (int)days, TimeSpan.FromMilliseconds((long)milliseconds));

        SchedulePeriod? Fail(int? character, string message)
        {
            faults.Add(fault = new ScheduleFault(field, character, message));
            return null;
        }
    }
}
