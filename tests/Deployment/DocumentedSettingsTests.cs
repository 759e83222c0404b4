using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Tests.Support;

namespace Tests.Deployment;

/// <summary>The settings that the programs really read against those that are documented, both ways.</summary>
public sealed partial class DocumentedSettingsTests
{
    /// <summary>Sections that belong to .NET: only what is of use here is documented.</summary>
    private static readonly string[] DotNetsSections = ["Logging", "Kestrel", "Metrics", "HttpJson"];

    private static readonly HashSet<string> Read = new(
        Programs.All.SelectMany(each => ReadSettings.Of(each.Program, each.Settings.ToDictionary(
            setting => setting[2..].Split('=', 2)[0], setting => setting.Split('=', 2)[1])).Keys),
        StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> Own => Read.Where(key => key.Contains(':', StringComparison.Ordinal)
        && !DotNetsSections.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase));

    private static List<(string Key, string Value, bool IsDefault)> Listed =>
        [.. Line().Matches(Repository.Read(".env.example")).Select(line => (
            ReadSettings.Key(line.Groups["name"].Value), line.Groups["value"].Value, !line.Value.StartsWith('#')))];

    [Test]
    public void The_example_lists_every_setting_and_no_other()
    {
        Assert.That(Listed.Select(each => each.Key).Where(key => key.Contains(':', StringComparison.Ordinal)
            && !DotNetsSections.Contains(key.Split(':')[0])), Is.EquivalentTo(Own));
        Assert.That(
            Listed.Select(each => each.Key).Where(key => !key.Contains(':', StringComparison.Ordinal)),
            Is.EquivalentTo(new[] { "ASPNETCORE_URLS", "OTEL_EXPORTER_OTLP_ENDPOINT" }), "those of others");
    }

    [Test]
    public void The_example_shows_the_defaults()
    {
        var options = typeof(global::Infrastructure.Slice).Assembly.GetTypes()
            .Concat(typeof(global::Producer.ProducerServices).Assembly.GetTypes())
            .Concat(typeof(global::Runner.RunnerServices).Assembly.GetTypes())
            .Where(type => type is { IsAbstract: false, Name: var name } && name.EndsWith("Options", StringComparison.Ordinal)
                && type.GetField("Section") is not null)
            .ToDictionary(type => (string)type.GetField("Section")!.GetRawConstantValue()!, StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (var (key, value, _) in Listed.Where(each => each.IsDefault && options.ContainsKey(SectionOf(each.Key))))
        {
            var type = options[SectionOf(key)];
            if (type.GetProperty(key.Split(':')[^1]) is not { } property)
            {
                // The other test names it.
                continue;
            }

            var preset = property.GetValue(Activator.CreateInstance(type));
            var shown = value.Length == 0 ? null : new ConfigurationBuilder().AddInMemoryCollection([new("value", value)]).Build()
                .GetSection("value").Get(property.PropertyType);
            if (!Equals(shown, preset is "" ? null : preset))
            {
                wrong.Add($"{key}: {value}, and is {preset}");
            }
        }

        Assert.That(options, Has.Count.GreaterThan(10));
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Every_page_names_only_settings_that_exist()
    {
        var sections = Own.Select(key => key.Split(':')[0]).Distinct().ToList();
        var named =
            from file in Directory.EnumerateFiles(Repository.File("docs"), "*.md", SearchOption.AllDirectories)
                .Append(Repository.File("README.md")).Append(Repository.File("CHANGELOG.md"))
            from code in Code().Matches(File.ReadAllText(file))
            from word in Setting().Matches(code.Value)
            let key = ReadSettings.Key(word.Value)
            where sections.Contains(key.Split(':')[0])
            select (Key: key, File: Path.GetFileName(file));
        var wrong = named.Distinct().Where(each => !Read.Contains(each.Key)
            && !Read.Any(key => key.StartsWith($"{each.Key}:", StringComparison.OrdinalIgnoreCase))).ToList();

        Assert.That(named.Count(), Is.GreaterThan(50), "they are found");
        Assert.That(wrong, Is.Empty);
    }

    private static string SectionOf(string key) => key[..Math.Max(0, key.LastIndexOf(':'))];

    [GeneratedRegex(@"^#?(?<name>[A-Za-z]+(_+[A-Za-z]+)+)=(?<value>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Line();

    [GeneratedRegex("`[^`\n]+`", RegexOptions.None, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"\b[A-Z][A-Za-z]+((:|__)[A-Z][A-Za-z]+)+\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Setting();
}
