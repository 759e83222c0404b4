using System.Text.RegularExpressions;

namespace Tests.Deployment;

/// <summary>What every service of docker-compose.yml has.</summary>
public sealed partial class ComposeFileTests
{
    private static IEnumerable<string> Services => ComposeFile.Instance.Services.Keys;

    private static IEnumerable<string> Engines => ComposeFile.Instance.Engines.Select(service => service.Name);

    [TestCaseSource(nameof(Services))]
    public void Health_is_checked_often_while_it_starts_and_seldom_afterwards(string name)
    {
        var check = ComposeFile.Instance.Services[name].HealthCheck;

        Assert.Multiple(() =>
        {
            Assert.That(Seconds(check["interval"]), Is.EqualTo(30));
            Assert.That(Seconds(check["start_interval"]), Is.InRange(1, 5));
            Assert.That(Seconds(check["start_period"]), Is.GreaterThanOrEqualTo(30));
            Assert.That(Seconds(check["timeout"]), Is.InRange(1, 29));
        });
    }

    [TestCaseSource(nameof(Services))]
    public void Memory_processors_and_the_time_to_stop_are_bounded(string name)
    {
        var service = ComposeFile.Instance.Services[name];

        Assert.Multiple(() =>
        {
            Assert.That((string?)service.Limits["memory"], Does.Match("^[0-9]+[MG]$"));
            Assert.That((string?)service.Limits["cpus"], Is.Not.Empty);
            Assert.That(Seconds(service.Text("stop_grace_period")), Is.InRange(1, 120));
        });
    }

    [Test]
    public void Programs_have_longer_to_stop_than_they_take_at_most() =>
        Assert.That(ComposeFile.Instance.Built.Select(service => Seconds(service.Text("stop_grace_period"))), Has.All.GreaterThan(75));

    [TestCaseSource(nameof(Services))]
    public void Ports_are_published_on_loopback_only(string name) =>
        Assert.That(ComposeFile.Instance.Services[name].Ports, Has.All.StartsWith("127.0.0.1:"));

    [Test]
    public void No_two_services_want_the_same_port()
    {
        var ports = ComposeFile.Instance.Services.Values.SelectMany(service => service.Ports).Select(port => port.Split(':')[1]).ToList();

        Assert.That(ports, Is.Unique.And.Not.Empty);
    }

    [TestCaseSource(nameof(Engines))]
    public void Engines_are_pinned_and_do_not_run_as_root(string name)
    {
        var service = ComposeFile.Instance.Services[name];

        Assert.That(service.Image, Does.Match(Pinned()));
        Assert.That(service.Text("user"), Is.Not.Null.And.Not.EqualTo("root").And.Not.StartWith("0"));
    }

    [TestCase("kafka", "/var/lib/kafka/data")]
    [TestCase("mongo", "/data/db")]
    [TestCase("rabbitmq", "/var/lib/rabbitmq")]
    public void What_an_engine_keeps_lies_in_a_volume(string name, string folder)
    {
        var volume = ComposeFile.Instance.Services[name].Volumes.Single().Split(':');

        Assert.That((ComposeFile.Instance.Volumes.Contains(volume[0]), volume[1]), Is.EqualTo((true, folder)));
    }

    [TestCaseSource(nameof(Services))]
    public void What_a_service_waits_for_is_there(string name) =>
        Assert.That(ComposeFile.Instance.Services[name].DependsOn, Is.SubsetOf(ComposeFile.Instance.Services.Keys));

    [Test]
    public void The_watch_profile_cannot_write_into_the_checkout() =>
        Assert.That(
            ComposeFile.Instance.Services["watch"].Volumes.Where(volume => volume.StartsWith('.')), Is.EqualTo(new[] { ".:/src:ro" }));

    private static int Seconds(object? duration)
    {
        Assert.That((string?)duration, Does.Match("^[0-9]+s$"));
        return int.Parse(((string)duration!).TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A version to the last digit, or a digest.</summary>
    [GeneratedRegex(@":\d+\.\d+\.\d+(-\w+)?$|@sha256:[0-9a-f]{64}$", RegexOptions.ExplicitCapture, 1000)]
    internal static partial Regex Pinned();
}
