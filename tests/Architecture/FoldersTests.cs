using System.Reflection;
using ArchUnitNET.Loader;
using Infrastructure;

namespace Tests.Architecture;

/// <summary>
/// Which folder may use which: the general rooms know no slice, no slice knows another, and nothing goes round in a circle.
/// </summary>
/// <remarks>Read from the compiled programs: a reference counts wherever it stands, in a signature, a body or an attribute.</remarks>
public sealed class FoldersTests
{
    private static readonly string[] Projects = ["Contracts", "Infrastructure", "Producer", "Consumer", "Runner"];

    /// <summary>Folders of slices, by their name below a project: <c>Producer.Timers</c> and all below it.</summary>
    /// <remarks>Each slice has something to apply: the Consumers' slices are all there are.</remarks>
    private static readonly string[] Slices = [.. Assembly.Load("Consumer").GetTypes()
        .Where(type => type.IsSubclassOf(typeof(Slice))).Select(type => type.Namespace!.Split('.')[^1])];

    private static readonly string[] Hosts = ["Producer", "Consumer", "Runner"];

    private Dictionary<string, HashSet<string>> uses = null!;

    [OneTimeSetUp]
    public void Read()
    {
        var architecture = new ArchLoader().LoadAssemblies([.. Projects.Select(Assembly.Load)]).Build();
        var pairs = from type in architecture.Types
                    from dependency in type.Dependencies
                    let pair = (From: FolderOf(type.FullName), To: FolderOf(dependency.Target.FullName))
                    where pair.From != pair.To && IsOurs(pair.From) && IsOurs(pair.To)
                    select pair;
        uses = pairs.GroupBy(pair => pair.From).ToDictionary(group => group.Key, group => group.Select(pair => pair.To).ToHashSet());

        // Of a nested type, and of a generic one, the outermost part before the name.
        static string FolderOf(string type)
        {
            var name = type.Split('+', '<', '/')[0];
            return name.LastIndexOf('.') is > 0 and var end ? name[..end] : string.Empty;
        }

        static bool IsOurs(string folder) => Projects.Contains(folder.Split('.')[0]);
    }

    [Test]
    public void Slices_are_seen() => Assert.That(Slices, Does.Contain("Timers"));

    [Test]
    public void Folders_are_seen_to_use_each_other() =>
        Assert.That(uses["Infrastructure.Timers.Sqlite"], Does.Contain("Infrastructure.Storage.Sqlite").And.Contain("Contracts.Timers"));

    [Test]
    public void No_general_folder_uses_a_slice()
    {
        // Each service's own list names its slices, which is the one line.
        var wrong = from each in uses
                    where SliceOf(each.Key) is null && !Hosts.Contains(each.Key)
                    from target in each.Value
                    where SliceOf(target) is not null
                    select $"{each.Key} -> {target}";
        Assert.That(wrong, Is.Empty);
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
    private static string? SliceOf(string folder) => folder.Split('.') is [_, var name, ..] && Slices.Contains(name) ? name : null;

    private static bool IsWithin(string folder, string root) => folder == root || folder.StartsWith($"{root}.", StringComparison.Ordinal);
}
