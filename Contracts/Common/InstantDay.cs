using System.Globalization;

namespace Contracts.Common;

/// <summary>
/// The rest of a date after its year: month and day, with one separator or none; a day of the year; or week and day of the week (ISO
/// 8601 §4.1.3 and §4.1.4 of 2004).
/// </summary>
internal static class InstantDay
{
    /// <param name="rest">What follows the year; afterwards, what follows the day.</param>
    /// <param name="year">The year; the first or last week of one may reach into another.</param>
    /// <param name="month">Not checked: 0 to 99.</param>
    /// <param name="day">Not checked: 0 to 99.</param>
    public static bool TryTake(ref ReadOnlySpan<char> rest, ref int year, out int month, out int day)
    {
        (month, day) = (0, 0);
        var separator = rest.IsEmpty ? '\0' : rest[0];
        char? between = separator is '-' or '/' or '.' ? separator : null;
        var parts = between is null ? rest : rest[1..];
        if (parts.Length > 0 && parts[0] is 'W' or 'w')
        {
            rest = parts[1..];
            if (!Digits.TryTake(ref rest, 2, out var week) || !Digits.TakePart(ref rest, between, 1, out var weekday)
                || week < 1 || weekday is < 1 or > 7 || year is < 2 or > 9998 || week > ISOWeek.GetWeeksInYear(year))
            {
                return false;
            }

            // Sunday, .NET's day 0, is the seventh of ISO's week.
            var date = ISOWeek.ToDateTime(year, week, (DayOfWeek)(weekday % 7));
            (year, month, day) = (date.Year, date.Month, date.Day);
            return true;
        }

        if (CountDigits(parts) == 3)
        {
            rest = parts;
            if (!Digits.TryTake(ref rest, 3, out var number) || year < 1 || number < 1 || number > (DateTime.IsLeapYear(year) ? 366 : 365))
            {
                return false;
            }

            var date = new DateTime(year, 1, 1).AddDays(number - 1);
            (month, day) = (date.Month, date.Day);
            return true;
        }

        return between is null
            ? Digits.TryTake(ref rest, 2, out month) && Digits.TryTake(ref rest, 2, out day)
            : TakeShort(ref rest, between.Value, out month) && TakeShort(ref rest, between.Value, out day);
    }

    private static int CountDigits(ReadOnlySpan<char> text) =>
        text.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : text.Length;

    /// <summary>A separator and one or two digits.</summary>
    private static bool TakeShort(ref ReadOnlySpan<char> rest, char separator, out int number) =>
        Digits.TakePart(ref rest, separator, rest.Length > 2 && char.IsAsciiDigit(rest[2]) ? 2 : 1, out number);
}
