using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Contracts.Schedules;

/// <summary>
/// Dates as calendars have them: single ones (<c>2030-12-25</c>), ranges (<c>2030-07-01/2030-08-31</c>, both ends included), dates and
/// ranges of every year (<c>12-25</c>, <c>12-24/01-01</c>), and days of the week (<c>SAT</c>).
/// </summary>
[JsonConverter(typeof(CalendarDatesConverter))]
public sealed class CalendarDates
{
    /// <summary>Maximum number of entries.</summary>
    public const int MaxEntries = 5_000;

    private const string DateFormat = "yyyy-MM-dd";

    /// <summary>A leap year: it has every day that a year can have.</summary>
    private const int EveryDay = 2000;

    private static readonly string[] Weekdays = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

    private readonly bool[] ofWeek = new bool[7];
    private readonly bool[] ofYear = new bool[367];

    /// <summary>Numbers of days from and to, in order and apart from each other.</summary>
    private readonly List<(int From, int To)> ranges = [];

    private CalendarDates(IEnumerable<Entry> entries)
    {
        var sorted = entries.Distinct().OrderBy(entry => (entry.Kind, entry.From, entry.To)).ToList();
        foreach (var entry in sorted)
        {
            Add(entry);
        }

        Entries = sorted.ConvertAll(entry => entry.ToString());
    }

    /// <summary>No dates.</summary>
    public static CalendarDates None { get; } = new([]);

    /// <summary>As they are written, each once, in their order: the same dates are always the same texts.</summary>
    public IReadOnlyList<string> Entries { get; }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => Entries.Count == 0;

    /// <summary>Reads them.</summary>
    /// <exception cref="FormatException">One is wrong (<see cref="FindProblem"/>).</exception>
    public static CalendarDates Read(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return new CalendarDates(
            texts.Select(text => Entry.Read(text, out var problem) ?? throw new FormatException($"'{text}' {problem}")));
    }

    /// <summary>What is wrong with an entry; null if nothing is.</summary>
    public static string? FindProblem(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Entry.Read(text, out var problem);
        return problem;
    }

    /// <summary>Whether a date is among them.</summary>
    public bool Contains(DateOnly date)
    {
        if (ofWeek[WeekdayOf(date)] || ofYear[DayOfYear(date)])
        {
            return true;
        }

        var (low, high) = (0, ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var (from, to) = ranges[middle];
            if (date.DayNumber >= from && date.DayNumber <= to)
            {
                return true;
            }

            (low, high) = date.DayNumber < from ? (low, middle - 1) : (middle + 1, high);
        }

        return false;
    }

    private void Add(Entry entry)
    {
        switch (entry.Kind)
        {
            case Kind.Weekday:
                ofWeek[entry.From] = true;
                break;
            case Kind.Yearly:
                // A range may go round the end of the year.
                for (var day = entry.From; ; day = (day % 366) + 1)
                {
                    ofYear[day] = true;
                    if (day == entry.To)
                    {
                        break;
                    }
                }

                break;
            default:
                // In the order of their beginnings.
                if (ranges is [.., var last] && entry.From <= last.To + 1)
                {
                    ranges[^1] = (last.From, Math.Max(last.To, entry.To));
                }
                else
                {
                    ranges.Add((entry.From, entry.To));
                }

                break;
        }
    }

    private static int WeekdayOf(DateOnly date) => ((int)date.DayOfWeek + 6) % 7;

    private static int DayOfYear(DateOnly date) => new DateOnly(EveryDay, date.Month, date.Day).DayOfYear;

    private enum Kind
    {
        Dates,
        Yearly,
        Weekday,
    }

    /// <summary>One entry.</summary>
    /// <param name="Kind">What its numbers mean.</param>
    /// <param name="From">The first day: its number since the year 1, its number in a leap year, or 0 for Monday.</param>
    /// <param name="To">The last day.</param>
    private sealed record Entry(Kind Kind, int From, int To)
    {
        private const string Form = "must be a date such as 2030-12-25, a range such as 2030-07-01/2030-08-31, a date of every year such "
            + "as 12-25 or 12-24/01-01, or a day of the week such as SAT";

        public override string ToString()
        {
            if (Kind == Kind.Weekday)
            {
                return Weekdays[From];
            }

            var (first, last) = (Write(From), Write(To));
            return first == last ? first : $"{first}/{last}";
        }

        public static Entry? Read(string text, out string? problem)
        {
            problem = null;
            if (Array.FindIndex(Weekdays, name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var weekday)
            {
                return new Entry(Kind.Weekday, weekday, weekday);
            }

            var parts = text.Split('/');
            if (parts.Length <= 2 && Day(parts[0]) is { } from && Day(parts[^1]) is { } to && from.Kind == to.Kind)
            {
                if (from.Kind == Kind.Yearly || from.Number <= to.Number)
                {
                    return new Entry(from.Kind, from.Number, to.Number);
                }

                problem = "ends before it begins";
                return null;
            }

            problem = Form;
            return null;
        }

        private static (Kind Kind, int Number)? Day(string text) =>
            TryParse(text, out var date) ? (Kind.Dates, date.DayNumber)
            : text.Length == 5 && TryParse($"{EveryDay}-{text}", out var yearly) ? (Kind.Yearly, yearly.DayOfYear)
            : null;

        private static bool TryParse(string text, out DateOnly date) =>
            DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

        private string Write(int day) => Kind == Kind.Dates
            ? DateOnly.FromDayNumber(day).ToString(DateFormat, CultureInfo.InvariantCulture)
            : new DateOnly(EveryDay, 1, 1).AddDays(day - 1).ToString("MM-dd", CultureInfo.InvariantCulture);
    }
}

/// <summary>An array of their texts.</summary>
internal sealed class CalendarDatesConverter : JsonConverter<CalendarDates>
{
    public override CalendarDates Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        return CalendarDates.Read(json.RootElement.EnumerateArray().Select(each => each.GetString()!));
    }

    public override void Write(Utf8JsonWriter writer, CalendarDates value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var entry in value.Entries)
        {
            writer.WriteStringValue(entry);
        }

        writer.WriteEndArray();
    }
}
