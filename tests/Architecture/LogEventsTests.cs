using System.Globalization;
using System.Text.RegularExpressions;
using Tests.Support;

namespace Tests.Architecture;

/// <summary>A log event's number belongs to one class, and the documentation has it.</summary>
public sealed partial class LogEventsTests
{
    /// <summary>What Kafka's library logs comes at the level that the library gives it.</summary>
    private const int Varying = 4001;

    private static readonly string[] Projects =
        ["Contracts", "Infrastructure", "Producer", "Consumer", "Runner", "Standalone", "Client", "ClientLibrary"];

    private static readonly List<(int Id, string? Level, string Class)> Events =
    [
        .. from project in Projects
           from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories)
           where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
           from found in Message().Matches(File.ReadAllText(file))
           select (
               int.Parse(found.Groups["id"].Value, CultureInfo.InvariantCulture),
               found.Groups["level"] is { Success: true, Value: var level } ? level : null,
               Path.GetFileName(file).Split('.')[0]),
    ];

    [Test]
    public void No_two_classes_share_a_number()
    {
        Assert.That(Events, Has.Count.GreaterThan(50), "they are seen");
        Assert.That(
            Events.Distinct().GroupBy(each => each.Id).Where(group => group.Count() > 1).Select(group => string.Join(", ", group)),
            Is.Empty);
    }

    [Test]
    public void Numbers_are_those_that_are_documented_with_their_levels()
    {
        var documented = File.ReadLines(Repository.File("docs", "telemetry.md"))
            .Select(line => Row().Match(line)).Where(row => row.Success)
            .SelectMany(row => EventsOf(row.Groups["ids"].Value.Split(", "), row.Groups["levels"].Value.Split(", "))).ToList();
        var logged = Events.Select(each => (each.Id, Level: LevelOf(each.Level))).Distinct().ToList();

        Assert.That(documented.Select(each => each.Id), Is.Unique);
        Assert.That(documented.Where(each => each.Id != Varying).Select(each => $"{each.Id} {each.Level}"),
            Is.EquivalentTo(logged.Where(each => each.Id != Varying).Select(each => $"{each.Id} {each.Level}")));
        Assert.That(logged, Does.Contain((Varying, string.Empty)));

        // Several numbers of a row share its level, or each has its own.
        static IEnumerable<(int Id, string Level)> EventsOf(string[] ids, string[] levels) => ids.Select((id, index) =>
            (int.Parse(id, CultureInfo.InvariantCulture), levels.Length == ids.Length ? levels[index] : string.Join(", ", levels)));

        static string LevelOf(string? level) => level switch
        {
            null => string.Empty,
            "Information" => "info",
            _ => level.ToLowerInvariant(),
        };
    }

    [GeneratedRegex(@"LoggerMessage\(\s*(EventId\s*=\s*)?(?<id>\d+)(,\s*LogLevel\.(?<level>\w+))?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Message();

    [GeneratedRegex(@"^\| (?<ids>\d+(, \d+)*) \| [^|]+ \| (?<levels>[a-z, ]+) \|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
