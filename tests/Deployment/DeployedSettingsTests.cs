using System.Text.RegularExpressions;
using Tests.Support;

namespace Tests.Deployment;

/// <summary>The settings of the Dockerfile and the compose file against what the programs really read.</summary>
public sealed partial class DeployedSettingsTests
{
    private static readonly string[] DotNetsOwn =
        ["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "DOTNET_USE_POLLING_FILE_WATCHER", "NUGET_PACKAGES", "ArtifactsPath", "HOME"];

    private static IEnumerable<string> Services => ComposeFile.Instance.Built.Select(service => service.Name);

    [TestCaseSource(nameof(Services))]
    public void A_service_is_given_only_settings_that_its_program_reads_and_can_start_with(string name)
    {
        var service = ComposeFile.Instance.Services[name];
        var (read, faults) = ReadSettings.Of(service.Program ?? "Standalone", service.Environment);

        Assert.That(service.Environment.Keys.Select(ReadSettings.Key), Is.Not.Empty.And.SubsetOf(read));
        Assert.That(faults, Is.Empty);
    }

    [TestCaseSource(nameof(Services))]
    public void A_service_reaches_only_what_it_waits_for(string name)
    {
        var service = ComposeFile.Instance.Services[name];
        var hosts = service.Environment
            .Where(setting => setting.Key.StartsWith("ConnectionStrings__", StringComparison.Ordinal)).Select(setting => setting.Value)
            .Select(address => Host().Match(address).Groups["host"].Value);

        Assert.That(hosts, Is.EquivalentTo(service.DependsOn));
    }

    [Test]
    public void RabbitMq_knows_the_user_of_its_programs()
    {
        var given = ComposeFile.Instance.Services["rabbitmq"].Environment;
        var used = ComposeFile.Instance.Built.Select(service => service.Environment.GetValueOrDefault("ConnectionStrings__RabbitMq"))
            .OfType<string>();

        Assert.That(
            used.Select(address => new Uri(address).UserInfo),
            Is.Not.Empty.And.All.EqualTo($"{given["RABBITMQ_DEFAULT_USER"]}:{given["RABBITMQ_DEFAULT_PASS"]}"));
    }

    [Test]
    public void The_image_sets_only_what_the_program_or_dotnet_reads()
    {
        var (read, _) = ReadSettings.Of("Standalone", new Dictionary<string, string>(StringComparer.Ordinal));
        var start = Repository.Read("Dockerfile");
        var set = Variables()
            .Matches(start).SelectMany(line => Assignment().Matches(line.Value)).Select(variable => variable.Groups["name"].Value).ToList();

        // PROGRAM is for the entry point.
        Assert.That(set, Does.Contain("Storage__Path").And.Contains("PROGRAM"));
        Assert.That(set.Except([.. DotNetsOwn, "PROGRAM"], StringComparer.Ordinal).Select(ReadSettings.Key), Is.SubsetOf(read));
    }

    [Test]
    public void A_setting_that_no_program_reads_is_found()
    {
        var (read, _) = ReadSettings.Of("Standalone", new Dictionary<string, string>(StringComparer.Ordinal));

        Assert.That(read, Does.Contain("Runner:Due:Window").And.Contains("Storage:Path").And.Not.Contains("Runner:Due:Windows"));
    }

    [GeneratedRegex(@"^(\w+://)?([^@/]*@)?(?<host>[a-z]+):\d+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Host();

    [GeneratedRegex("^ENV .*$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Variables();

    [GeneratedRegex(@" (?<name>\w+)=", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Assignment();
}
