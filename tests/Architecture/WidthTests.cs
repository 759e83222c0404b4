using Tests.Support;

namespace Tests.Architecture;

/// <summary>Lines of the sources stay within the width that <c>.editorconfig</c> asks for: no formatter of .NET's looks at it.</summary>
public sealed class WidthTests
{
    private const string Setting = "max_line_length = ";

    [Test]
    public void No_line_is_wider_than_the_editor_config_allows()
    {
        var max = int.Parse(Repository.Read(".editorconfig").Split('\n')
            .Single(line => line.StartsWith(Setting, StringComparison.Ordinal))[Setting.Length..]);
        var sources = Directory.EnumerateDirectories(Repository.Root)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(file =>
                !Path.GetRelativePath(Repository.Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .ToList();

        var wide =
            from file in sources
            from line in File.ReadLines(file).Index()
            where line.Item.Length > max
            select $"{Path.GetRelativePath(Repository.Root, file)}:{line.Index + 1}: {line.Item.Length}";

        Assert.That(sources, Has.Count.GreaterThan(100), "the sources are found");
        Assert.That(wide, Is.Empty);
    }
}
