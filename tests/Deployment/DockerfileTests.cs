using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tests.Support;

namespace Tests.Deployment;

/// <summary>The Dockerfile against the projects that it publishes and the compose file that builds it.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string Text = Repository.Read("Dockerfile").ReplaceLineEndings("\n").Replace(
        "\\\n", " ", StringComparison.Ordinal);
    private static readonly string[] Lines = Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IEnumerable<string> Published =>
        Loop().Match(Text).Groups["programs"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [Test]
    public void Every_program_of_the_repository_is_published_once() =>
        Assert.That(Published, Is.EquivalentTo(Directory.EnumerateDirectories(Repository.Root).Select(Path.GetFileName)
            .Where(name => name is not "bench" && IsProgram(name!))));

    [Test]
    public void One_stage_publishes_and_depends_on_no_argument()
    {
        var stage = Stage("build");

        Assert.That(Lines.Count(line => line.Contains("dotnet publish", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(stage, Has.Some.Contains("dotnet publish").And.None.StartsWith("ARG"));
    }

    [Test]
    public void Caches_are_locked() =>
        Assert.That(Lines.Where(line => line.Contains("type=cache", StringComparison.Ordinal)), Has.All.Contains("sharing=locked"));

    [Test]
    public void Base_images_are_pinned_and_no_frontend_is_pulled()
    {
        var stages = Lines.Select(line => From().Match(line)).Where(match => match.Success).ToList();
        var names = stages.Select(stage => stage.Groups["name"].Value).ToList();
        var bases = stages.Select(stage => stage.Groups["image"].Value)
            .Where(image => !names.Contains(image, StringComparer.Ordinal)).ToList();

        Assert.That(bases, Is.Not.Empty.And.All.Match(ComposeFileTests.Pinned()));
        Assert.That(Lines, Has.None.StartsWith("# syntax"));
    }

    [Test]
    public void What_compose_builds_can_be_built()
    {
        var programs = ComposeFile.Instance.Built.Select(service => service.Program)
            .OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var targets = ComposeFile.Instance.Built.Where(service => service.Build!.ContainsKey("target")).Select(
            service => (string)service.Build!["target"]!);

        Assert.That(programs, Is.Not.Empty.And.SubsetOf(Published));
        Assert.That(targets.Select(Stage), Has.All.Not.Empty);
    }

    [TestCase("final")]
    [TestCase("watch")]
    public void The_last_user_is_not_root(string stage) =>
        Assert.That(Stage(stage).Last(line => line.StartsWith("USER ", StringComparison.Ordinal)), Is.EqualTo("USER $APP_UID"));

    [Test]
    public void The_default_program_keeps_its_data_in_a_folder_that_its_user_owns()
    {
        var stage = Stage("final");
        var folder = Value().Match(stage.Single(line => line.StartsWith("ENV ", StringComparison.Ordinal))).Groups["path"].Value;

        Assert.That(stage, Has.Some.EqualTo("ARG SERVICE=Standalone"));
        Assert.That(stage, Has.Some.Contains($"mkdir {folder} && chown \"$APP_UID\" {folder}"));
    }

    [Test]
    public void The_command_line_tool_is_on_the_path()
    {
        var name = XDocument.Load(Repository.File("Client", "Client.csproj")).Descendants("AssemblyName").Single().Value;

        Assert.That(Stage("final"), Has.Some.EqualTo("COPY --from=build /app/Client /opt/timers")
            .And.Some.Contains($"ln -s /opt/timers/{name} /usr/local/bin/{name}"));
    }

    [Test]
    public void What_is_copied_is_in_the_build_context()
    {
        var ignored = Repository.Read(".dockerignore").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var copied = Lines.Where(
            line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[1]).Where(path => path != ".");

        Assert.That(Published.Concat(copied), Is.Not.Empty.And.All.Matches<string>(path =>
            Path.Exists(Repository.File(path)) && !ignored.Contains(path.Split('/')[0], StringComparer.Ordinal)));
    }

    private static bool IsProgram(string folder)
    {
        var project = Repository.File(folder, $"{folder}.csproj");
        return File.Exists(project) && XDocument.Load(project) is { Root: { } root }
            && (root.Attribute("Sdk")?.Value == "Microsoft.NET.Sdk.Web" || root.Descendants("OutputType").Any(type => type.Value == "Exe"));
    }

    private static List<string> Stage(string name) =>
        [.. Lines.SkipWhile(line => !line.EndsWith($" AS {name}", StringComparison.Ordinal)).Skip(1).TakeWhile(
            line => !line.StartsWith("FROM ", StringComparison.Ordinal))];

    [GeneratedRegex("for program in (?<programs>[^;]+);", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Loop();

    [GeneratedRegex(@"^FROM (?<image>\S+) AS (?<name>\w+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex From();

    [GeneratedRegex(@" Storage__Path=(?<path>/\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Value();
}
