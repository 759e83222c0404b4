using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tests.Contracts.Schedules;

/// <summary>A zone file of the machine (TZif, RFC 9636): changes of clocks one by one, and a rule for the years after them.</summary>
/// <remarks>
/// Not read by .NET: TimeZoneInfo rounds offsets to minutes, and misreads the rule where clocks change at 24:00 or on the day before.
/// </remarks>
internal sealed partial class ZoneFile
{
    private const string Folder = "/usr/share/zoneinfo";
    private const int HeaderLength = 44;

    private readonly string name;
    private readonly List<(DateTime At, TimeSpan Offset)> changes = [];
    private readonly Match rule;

    private ZoneFile(string name, ReadOnlySpan<byte> file)
    {
        this.name = name;

        // Version 1 comes first, with 32 bits an instant, and is passed over.
        file = file[(HeaderLength + Length(file, 4))..];
        var times = Count(file, 32);
        Assert.That(Count(file, 28), Is.Zero, "such files count leap seconds");
        var data = file[HeaderLength..];
        var infos = data[(times * 9)..];
        changes.Add((DateTime.MinValue, OffsetOf(0, infos)));
        for (var index = 0; index < times; index++)
        {
            var at = BinaryPrimitives.ReadInt64BigEndian(data[(index * 8)..]);
            var offset = OffsetOf(data[(times * 8) + index], infos);
            if (at > -62_000_000_000)
            {
                changes.Add((DateTime.UnixEpoch.AddSeconds(at), offset));
            }
        }

        rule = Rule().Match(Encoding.ASCII.GetString(file[(HeaderLength + Length(file, 8))..]).Trim('\n'));
        Assert.That(rule.Success, Is.True, name);

        static TimeSpan OffsetOf(int type, ReadOnlySpan<byte> infos) =>
            TimeSpan.FromSeconds(BinaryPrimitives.ReadInt32BigEndian(infos[(type * 6)..]));
    }

    /// <summary>The version of the machine's database; null where it does not say so.</summary>
    public static string? Version { get; } = File.Exists($"{Folder}/tzdata.zi")
        ? File.ReadLines($"{Folder}/tzdata.zi").First().Split(' ')[^1] : null;

    /// <returns>Null where the machine does not have it.</returns>
    public static ZoneFile? Find(string name) =>
        File.Exists($"{Folder}/{name}") ? new ZoneFile(name, File.ReadAllBytes($"{Folder}/{name}")) : null;

    /// <summary>The stretches of one offset, each different from the one before.</summary>
    /// <param name="from">UTC.</param>
    /// <param name="to">UTC, before 2101.</param>
    public List<(DateTime Start, DateTime End, TimeSpan Offset)> Stretches(DateTime from, DateTime to)
    {
        var all = new List<(DateTime At, TimeSpan Offset)>();
        foreach (var change in changes.Concat(Ruled()))
        {
            if (all.Count == 0 || all[^1].Offset != change.Offset)
            {
                all.Add(change);
            }
        }

        return
        [
            .. all.Select((change, index) => (
                    Start: change.At > from ? change.At : from,
                    End: index + 1 < all.Count && all[index + 1].At < to ? all[index + 1].At : to,
                    change.Offset))
                .Where(stretch => stretch.Start < stretch.End),
        ];
    }

    private IEnumerable<(DateTime At, TimeSpan Offset)> Ruled()
    {
        var last = changes[^1].At;
        var standard = -Time(rule.Groups["offset"].Value);
        if (!rule.Groups["dst"].Success)
        {
            yield return (last.AddTicks(1), standard);
            yield break;
        }

        var saving = rule.Groups["dstoffset"] is { Success: true } own ? -Time(own.Value) : standard + TimeSpan.FromHours(1);
        for (var year = Math.Max(last.Year, 1960); year <= 2101; year++)
        {
            var start = (At: Day(rule.Groups["start"].Value, year) + Time(rule.Groups["starttime"].Value, 2) - standard, Offset: saving);
            var end = (At: Day(rule.Groups["end"].Value, year) + Time(rule.Groups["endtime"].Value, 2) - saving, Offset: standard);
            foreach (var change in (start.At < end.At ? new[] { start, end } : [end, start]).Where(change => change.At > last))
            {
                yield return change;
            }
        }
    }

    private static DateTime Day(string text, int year)
    {
        if (text[0] != 'M')
        {
            // J counts without 29 February.
            var number = int.Parse(text.TrimStart('J'), CultureInfo.InvariantCulture);
            return new DateTime(year, 1, 1).AddDays(text[0] != 'J' ? number : number - (DateTime.IsLeapYear(year) && number >= 60 ? 0 : 1));
        }

        var parts = text[1..].Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        var first = new DateTime(year, parts[0], 1);
        var day = first.AddDays(((parts[2] - (int)first.DayOfWeek + 7) % 7) + ((parts[1] - 1) * 7));
        return day.Month == parts[0] ? day : day.AddDays(-7);
    }

    private static TimeSpan Time(string text, int hours = 0)
    {
        if (text.Length == 0)
        {
            return TimeSpan.FromHours(hours);
        }

        var parts = text.TrimStart('+', '-').Split(':').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        var time = new TimeSpan(parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
        return text[0] == '-' ? -time : time;
    }

    private static int Count(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadInt32BigEndian(file[at..]);

    private static int Length(ReadOnlySpan<byte> file, int instant) => (Count(file, 32) * (instant + 1)) + (Count(file, 36) * 6)
        + Count(file, 40) + (Count(file, 28) * (instant + 4)) + Count(file, 24) + Count(file, 20);

    public override string ToString() => name;

    [GeneratedRegex(
        "^(?<std>[A-Za-z]+|<[^>]+>)(?<offset>[-+0-9:]+)((?<dst>[A-Za-z]+|<[^>]+>)(?<dstoffset>[-+0-9:]+)?"
        + ",(?<start>[MJ.0-9]+)(/(?<starttime>[-+0-9:]+))?,(?<end>[MJ.0-9]+)(/(?<endtime>[-+0-9:]+))?)?$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rule();
}
