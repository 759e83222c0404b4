using System.Globalization;
using System.Text.RegularExpressions;
using Tests.Support;

namespace Tests.Architecture;

/// <summary>A log event's number belongs to one class, and the documentation has it.</summary>
public sealed partial class LogEventsTests
{
    private static readonly string[] Projects = ["Contracts", "Infrastructure", "Producer", "Consumer", "Runner", "Standalone"];

    private static readonly List<(int Id, string Class)> Events =
    [
        .. from project in Projects
           from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories)
           where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
           from found in Message().Matches(File.ReadAllText(file))
           select (int.Parse(found.Groups["id"].Value, CultureInfo.InvariantCulture), Path.GetFileName(file).Split('.')[0]),
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
    public void Every_number_is_documented()
    {
        var documented = File.ReadLines(Repository.File("docs", "telemetry.md"))
            .Select(line => Row().Match(line)).Where(row => row.Success)
            .SelectMany(row => row.Groups["ids"].Value.Split(", "))
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToList();

        Assert.That(documented, Is.Unique);
        Assert.That(Events.Select(each => each.Id).Except(documented), Is.Empty);
    }

    [GeneratedRegex(@"LoggerMessage\(\s*(?<id>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Message();

    [GeneratedRegex(@"^\| (?<ids>\d+(, \d+)*) \|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
