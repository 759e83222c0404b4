using System.Text.RegularExpressions;
using Tests.Support;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Tests.Deployment;

/// <summary>docker-compose.yml as Compose reads it: anchors merged, variables at their defaults.</summary>
internal sealed partial class ComposeFile
{
    private ComposeFile(IDictionary<object, object?> root)
    {
        Services = Map(root["services"]).ToDictionary(
            service => service.Key, service => new ComposeService(service.Key, Map(service.Value)), StringComparer.Ordinal);
        Volumes = [.. Map(root["volumes"]).Keys];
    }

    public static ComposeFile Instance { get; } = Read();

    public IReadOnlyDictionary<string, ComposeService> Services { get; }

    public IReadOnlyList<string> Volumes { get; }

    /// <summary>The services whose images are built here.</summary>
    public IEnumerable<ComposeService> Built => Services.Values.Where(service => service.Build is not null);

    /// <summary>The services whose images are others'.</summary>
    public IEnumerable<ComposeService> Engines => Services.Values.Where(service => service.Build is null);

    public static IReadOnlyDictionary<string, object?> Map(object? node) =>
        ((IDictionary<object, object?>)node!).ToDictionary(pair => (string)pair.Key, pair => pair.Value, StringComparer.Ordinal);

    private static ComposeFile Read()
    {
        var text = Variable().Replace(Repository.Read("docker-compose.yml"), match => match.Groups["default"].Value);
        return new ComposeFile(new DeserializerBuilder().Build().Deserialize<IDictionary<object, object?>>(
            new MergingParser(new Parser(new StringReader(text)))));
    }

    [GeneratedRegex(@"\$\{\w+:-(?<default>[^}]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
