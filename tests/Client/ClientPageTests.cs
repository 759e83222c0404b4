using System.IO.Compression;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Client;
using Client.Connections;
using ClientLibrary.Devices;
using Tests.Support;

namespace Tests.Client;

/// <summary>
/// docs/client.md: its examples are those that are compiled and run here, and its commands and codes are those that there are.
/// </summary>
public sealed partial class ClientPageTests
{
    private static readonly string Page = Repository.Read("docs", "client.md");

    [Test]
    public void The_page_has_the_examples_as_they_are_compiled()
    {
        var source = Repository.Read("tests", "Client", "ClientExamples.cs");
        var compiled = Example().Matches(source).Select(match => Unindent(match.Groups["code"].Value)).ToList();
        var written = Block().Matches(Page).Select(match => match.Groups["code"].Value.TrimEnd()).ToList();

        Assert.That(compiled, Has.Count.EqualTo(6));
        Assert.That(written, Is.EquivalentTo(compiled));
    }

    [Test]
    public async Task The_examples_do_what_they_say()
    {
        await using var app = new HostedStandalone();
        using var http = app.CreateClient();
        await using var receiver = await Receiver.StartAsync();
        using var connection = ClientExamples.Connect(http.BaseAddress!.AbsoluteUri, null);

        var states = await ClientExamples.TimersAsync(connection, receiver.Url.AbsoluteUri);
        Assert.That(states, Does.Contain("succeeded"));
        Assert.That(await ClientExamples.ProblemsAsync(connection), Is.EqualTo("url: must be an absolute http or https address"));
        Assert.That(await ClientExamples.EventsAsync(connection, TimeProvider.System.GetUtcNow()), Is.EqualTo("12 1 12.5"));
        Assert.That((await ClientExamples.ItemsAsync(connection)).Owner, Is.Not.Null);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var live = ClientExamples.LiveAsync(connection, limit.Token);
        for (var second = 1; !live.IsCompleted; second++)
        {
            // Until one of them comes behind the snapshot.
            await new DeviceClient(connection).SendAsync([new Reading("live", TimeProvider.System.GetUtcNow().AddSeconds(-second), 1)]);
        }

        Assert.That((await live)[0], Does.StartWith("snapshot {"));
        Assert.That((await live)[^1], Does.StartWith("change {").And.Contain("\"live\""));
    }

    [Test]
    public void Every_command_of_the_page_can_be_understood_and_every_command_is_on_it()
    {
        var root = CommandLine.Create(ClientSlices.All, new Shell(TextWriter.Null, TextWriter.Null) { Variable = _ => null });
        var lines = CommandRow().Matches(Page).Select(match => match.Groups["line"].Value).ToList();
        foreach (var line in lines)
        {
            Assert.That(root.Parse(Quoted(line)).Errors.Select(error => error.Message), Is.Empty, line);
        }

        foreach (var command in root.Subcommands)
        {
            Assert.That(lines.Select(line => line.Split(' ')[0]), Does.Contain(command.Name));
        }
    }

    [Test]
    public void Exit_codes_are_those_of_the_page()
    {
        var codes = typeof(ExitCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (int)field.GetRawConstantValue()!);

        Assert.That(CodeRow().Matches(Page).Select(match => int.Parse(match.Groups["code"].Value)), Is.EquivalentTo(codes));
    }

    [Test]
    public void The_library_is_packed_with_its_documentation_and_needs_no_other_package()
    {
        using var folder = new TemporaryFolder();
        var configuration = TestContext.CurrentContext.TestDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";

        var (code, output) = Tools.Run(
            "dotnet", "pack", Repository.File("ClientLibrary", "ClientLibrary.csproj"), "--no-build", "--configuration", configuration,
            "--output", folder.Path);

        Assert.That(code, Is.Zero, output);
        using var package = ZipFile.OpenRead(Directory.GetFiles(folder.Path, "Timers.Client.*.nupkg").Single());
        Assert.That(package.Entries.Select(entry => entry.FullName), Is.SupersetOf(new[]
        {
            "lib/net10.0/ClientLibrary.dll", "lib/net10.0/ClientLibrary.xml", "README.md",
        }));
        using var stream = package.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        var spec = XDocument.Load(stream);
        Assert.That(spec.Descendants().Where(each => each.Name.LocalName == "dependency"), Is.Empty);
        Assert.That(spec.Descendants().Single(each => each.Name.LocalName == "id").Value, Is.EqualTo("Timers.Client"));
    }

    /// <summary>The arguments of a line, of which some are in single quotes.</summary>
    private static string[] Quoted(string line) =>
        [.. Argument().Matches(line).Select(match => match.Value.Trim('\''))];

    private static string Unindent(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Length > 8 ? line[8..] : line.Trim())).Trim();

    [GeneratedRegex("// begin: [a-z]+\n(?<code>.*?)\n *// end\n", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();

    [GeneratedRegex("^\\$ timers (?<line>[^\n|>]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CommandRow();

    [GeneratedRegex("^\\| (?<code>[0-9]+) \\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeRow();

    [GeneratedRegex("'[^']*'|[^ ]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Argument();
}
