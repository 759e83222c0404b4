using System.Reflection;
using System.Text.RegularExpressions;
using ArchUnitNET.Loader;
using Tests.Support;

namespace Tests.Architecture;

/// <summary>
/// Which folder may use which: the general rooms know no slice, no slice knows another, and nothing goes round in a circle.
/// </summary>
/// <remarks>Read from the compiled programs: a reference counts wherever it stands, in a signature, a body or an attribute.</remarks>
public sealed class FoldersTests
{
    private static readonly string[] Projects =
        ["Contracts", "Infrastructure", "Producer", "Consumer", "Runner", "Client", "ClientLibrary"];

    /// <summary>Where a slice's name may be a word of the program's own: the product is called Timers, and lists have items.</summary>
    private static readonly Dictionary<string, string> OtherMeanings = new(StringComparer.Ordinal)
    {
        ["Client/Connections/ServiceCalls.cs"] = "a page has items",
        ["Contracts/Messaging/DeadLetterQuery.cs"] = "a page has items",
        ["Producer/DeadLetters/DeadLetterResource.cs"] = "a page has items",
        ["Producer/Keys/KeyApiTexts.cs"] = "a page has items",
        ["Producer/Keys/KeyResources.cs"] = "a page has items",
        ["Producer/Keys/AuditResources.cs"] = "a page has items",
        ["Producer/SigningSecrets/SigningSecretApiTexts.cs"] = "a page has items",
        ["Producer/SigningSecrets/SigningSecretResources.cs"] = "a page has items",
        ["ClientLibrary/Page.cs"] = "a page has items",
        ["Producer/Live/SocketWriter.cs"] = "a snapshot has items",
        ["Producer/Live/EventWriter.cs"] = "a snapshot has items",
        ["Producer/Keys/KeyRules.cs"] = "a list has items",
        ["Infrastructure/Storage/Mongo/MongoAddress.cs"] = "the default database is named after the product",
        ["Infrastructure/Caching/RedisConnection.cs"] = "the client's name at Redis is the product's",
        ["Producer/Docs/ApiDocument.cs"] = "the document is titled with the product's name",
        ["Producer/DeadLetters/DeadLetterApiTexts.cs"] = "an example in the API's document",
    };

    /// <summary>What the routes of all slices of events share, beside the route that tells what became of any event.</summary>
    private const string SharedRoom = "Producer.Events";

    private static readonly string[] Hosts = ["Producer", "Consumer", "Runner", "Client"];

    /// <summary>Each type, by its full name, and the folders that it uses beside its own.</summary>
    private List<(string Type, string Target)> typeUses = null!;

    private Dictionary<string, HashSet<string>> uses = null!;

    /// <summary>Folders that are registered as a slice is, and are about no slice: keys, signing secrets, dead letters.</summary>
    private HashSet<string> registered = null!;

    [OneTimeSetUp]
    public void Read()
    {
        var architecture = new ArchLoader().LoadAssemblies([.. Projects.Select(LoadAssembly)]).Build();
        var pairs = from type in architecture.Types
                    from dependency in type.Dependencies
                    let pair = (Type: TypeOf(type.FullName), Target: FolderOf(TypeOf(dependency.Target.FullName)))
                    where FolderOf(pair.Type) != pair.Target && IsOurs(FolderOf(pair.Type)) && IsOurs(pair.Target)
                    select pair;
        typeUses = [.. pairs.Distinct()];
        uses = typeUses.GroupBy(pair => FolderOf(pair.Type))
            .ToDictionary(group => group.Key, group => group.Select(pair => pair.Target).ToHashSet());
        registered = [.. architecture.Classes
            .Where(type => type.Name.EndsWith("Slice", StringComparison.Ordinal) && type.IsAbstract != true)
            .Select(type => FolderOf(type.FullName)).Where(folder => SliceOf(folder) is null)];

        // The command line's program is called as it is typed.
        static Assembly LoadAssembly(string project) => Assembly.Load(project == "Client" ? "timers" : project);

        // Of a nested type, and of a generic one, the outermost part.
        static string TypeOf(string type) => type.Split('+', '<', '/', '`')[0];

        static bool IsOurs(string folder) => Projects.Contains(folder.Split('.')[0]);
    }

    [Test]
    public void Slices_are_seen() => Assert.That(SliceNames.All, Is.SupersetOf(new[] { "Timers", "Devices", "Sites", "Revenue", "Items" }));

    [Test]
    public void Every_project_is_seen() =>
        Assert.That(uses.Keys.Select(folder => folder.Split('.')[0]).Distinct(), Is.EquivalentTo(Projects));

    [Test]
    public void Folders_are_seen_to_use_each_other() =>
        Assert.That(uses["Infrastructure.Timers.Sqlite"], Does.Contain("Infrastructure.Storage.Sqlite").And.Contain("Contracts.Timers"));

    [Test]
    public void No_general_folder_uses_a_slice()
    {
        // Each program's own list names its slices, which is the one line.
        var wrong = from each in typeUses
                    where SliceOf(FolderOf(each.Type)) is null && !Hosts.Any(host => each.Type == $"{host}.{host}Slices")
                    where SliceOf(each.Target) is not null
                    select $"{each.Type} -> {each.Target}";
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Registered_folders_are_seen() => Assert.That(
        registered, Is.EquivalentTo(new[] { "Producer.DeadLetters", SharedRoom, "Producer.Keys", "Producer.SigningSecrets" }));

    [Test]
    public void No_folder_uses_one_that_is_registered_as_a_slice_is()
    {
        var wrong = from each in typeUses
                    where registered.Contains(each.Target) && !Hosts.Any(host => each.Type == $"{host}.{host}Slices")
                    where each.Target != SharedRoom || SliceOf(FolderOf(each.Type)) is null
                    select $"{each.Type} -> {each.Target}";
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void No_general_source_says_the_name_of_a_slice()
    {
        var sources = Projects
            .SelectMany(project => Directory.EnumerateFiles(Repository.File(project), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(file => file.Split('/') is [_, var room, ..] && room is not ("bin" or "obj") && !SliceNames.All.Contains(room)).ToList();

        // As a text of its own, also within a text of several lines or quotes; and as a word of any text. The product's name may be a
        // word of each: commands and metrics begin with it.
        var names = new Regex($"\"({string.Join('|', SliceNames.All)})\"", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
        var word = new Regex(
            $"\\b({string.Join('|', SliceNames.All.Except(["Timers"]))})\\b", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
        var text = new Regex("""
            "(?<text>([^"\\\n]|\\.)*)"
            """, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        var found = sources.Where(file => Repository.Read(file) is var source && (names.IsMatch(source) || source.Split('\n')
            .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .Any(line => text.Matches(line).Any(each => word.IsMatch(each.Groups["text"].Value))))).ToList();

        Assert.That(sources, Has.Count.GreaterThan(100), "they are found");
        Assert.That(found, Is.EquivalentTo(OtherMeanings.Keys));
    }

    [Test]
    public void No_slice_uses_another_except_through_its_contracts()
    {
        var wrong = from each in uses
                    where SliceOf(each.Key) is not null
                    from target in each.Value
                    where SliceOf(target) is { } other && other != SliceOf(each.Key)
                        && !target.StartsWith("Contracts.", StringComparison.Ordinal)
                    select $"{each.Key} -> {target}";
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void No_service_uses_another()
    {
        var wrong = from each in uses
                    let host = Hosts.FirstOrDefault(host => IsWithin(each.Key, host))
                    where host is not null
                    from target in each.Value
                    where Hosts.Any(other => other != host && IsWithin(target, other))
                    select $"{each.Key} -> {target}";
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void No_folder_is_used_by_what_it_uses()
    {
        var done = new HashSet<string>();
        var circles = new List<string>();
        foreach (var folder in uses.Keys.Order(StringComparer.Ordinal))
        {
            Visit(folder, []);
        }

        Assert.That(circles, Is.Empty);

        void Visit(string folder, List<string> way)
        {
            var at = way.IndexOf(folder);
            if (at >= 0)
            {
                circles.Add(string.Join(" -> ", [.. way[at..], folder]));
            }
            else if (done.Add(folder))
            {
                way.Add(folder);
                foreach (var target in uses.GetValueOrDefault(folder, []))
                {
                    Visit(target, way);
                }

                way.RemoveAt(way.Count - 1);
            }
        }
    }

    /// <summary>The slice that a folder belongs to; null for the general ones.</summary>
    private static string? SliceOf(string folder) => folder.Split('.') is [_, var name, ..] && SliceNames.All.Contains(name) ? name : null;

    private static string FolderOf(string type) => type.LastIndexOf('.') is > 0 and var end ? type[..end] : string.Empty;

    private static bool IsWithin(string folder, string root) => folder == root || folder.StartsWith($"{root}.", StringComparison.Ordinal);
}
