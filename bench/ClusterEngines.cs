namespace Bench;

/// <summary>
/// The engines that the programs run on, named by TEST_KAFKA, TEST_MONGO and TEST_REDIS; each installation has its own topics and database.
/// </summary>
internal static class ClusterEngines
{
    /// <summary>The first of these variables that names no engine; null when all of them do.</summary>
    public static string? Missing => new[] { "TEST_KAFKA", "TEST_MONGO", "TEST_REDIS" }.FirstOrDefault(name => Address(name) is null);

    public static string Kafka => Address("TEST_KAFKA")!;

    /// <summary>Prefix of an installation's topics and consumer groups.</summary>
    public static string Prefix(string installation) => $"bench{Environment.ProcessId}{installation}.";

    public static string Database(string installation) =>
        new UriBuilder(Address("TEST_MONGO")!) { Path = $"/bench{Environment.ProcessId}{installation}" }.Uri.ToString();

    /// <summary>Settings passed to each of an installation's programs.</summary>
    public static string[] Settings(string installation) =>
    [
        "--ConnectionStrings:Kafka", Kafka,
        "--ConnectionStrings:MongoDb", Database(installation),
        "--ConnectionStrings:Redis", Address("TEST_REDIS")!,
        "--Kafka:TopicPrefix", Prefix(installation),
    ];

    private static string? Address(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? given : null;
}
