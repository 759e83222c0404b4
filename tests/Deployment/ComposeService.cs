namespace Tests.Deployment;

/// <summary>One service of docker-compose.yml.</summary>
internal sealed class ComposeService(string name, IReadOnlyDictionary<string, object?> settings)
{
    public string Name => name;

    public string Image => Text("image")!;

    public IReadOnlyDictionary<string, object?>? Build => settings.TryGetValue("build", out var build) ? ComposeFile.Map(build) : null;

    /// <summary>Which program its image is for; null where that is not a program's.</summary>
    public string? Program =>
        Build is { } build && build.TryGetValue("args", out var arguments) ? (string)ComposeFile.Map(arguments)["SERVICE"]! : null;

    public IReadOnlyDictionary<string, string> Environment => settings.TryGetValue("environment", out var environment)
        ? ComposeFile.Map(environment).ToDictionary(variable => variable.Key, variable => (string)variable.Value!, StringComparer.Ordinal)
        : new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, object?> HealthCheck => ComposeFile.Map(settings["healthcheck"]);

    /// <summary>What its health check runs, without a shell: the first word says so.</summary>
    public IReadOnlyList<string> HealthCommand
    {
        get
        {
            var test = Texts(HealthCheck["test"]);
            Assert.That(test[0], Is.EqualTo("CMD"), $"{name} checks its health without a shell");
            return [.. test.Skip(1)];
        }
    }

    public IReadOnlyDictionary<string, object?> Limits =>
        ComposeFile.Map(ComposeFile.Map(ComposeFile.Map(settings["deploy"])["resources"])["limits"]);

    public IReadOnlyList<string> Ports => List("ports");

    public IReadOnlyList<string> Volumes => List("volumes");

    public IReadOnlyList<string> Command => List("command");

    public string? Text(string key) => settings.TryGetValue(key, out var value) ? (string?)value : null;

    public IEnumerable<string> DependsOn => settings.TryGetValue("depends_on", out var needed) ? ComposeFile.Map(needed).Keys : [];

    public override string ToString() => name;

    private IReadOnlyList<string> List(string key) => settings.TryGetValue(key, out var value) ? Texts(value) : [];

    private static IReadOnlyList<string> Texts(object? list) =>
        [.. ((IEnumerable<object?>)list!).Select(item => (string?)item ?? string.Empty)];
}
