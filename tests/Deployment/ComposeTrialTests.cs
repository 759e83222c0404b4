using System.Globalization;
using System.Text.RegularExpressions;
using Tests.Support;

namespace Tests.Deployment;

/// <summary>The images and the compose file on a real Docker engine, where one answers.</summary>
[Category("Docker")]
public sealed partial class ComposeTrialTests
{
    private const int Skipped = 77;

    [TestCase("kafka")]
    public void A_timer_fires_in_the_composed_cluster(string log)
    {
        var (exitCode, output) = Tools.Run("bash", Repository.File("deploy", "try-compose"), log);
        TestContext.Out.WriteLine(output);
        if (exitCode == Skipped)
        {
            // Not a failure in CI either: it has no Docker engine.
            Assert.Ignore(output.Trim().Split('\n')[^1]);
        }

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Contain("\"order\":4711"));
    }

    /// <remarks>Without a Docker engine, too: what the README shows is what is tried where there is one.</remarks>
    [Test]
    public void The_trial_receives_as_the_README_does()
    {
        var readme = Repository.Read("README.md");
        var trial = Repository.Read("deploy", "try-compose");
        var receiver = Receiver().Match(readme);
        var (service, command) = (receiver.Groups["service"].Value, receiver.Groups["command"].Value);

        Assert.That(readme, Does.Contain($"\"url\":\"http://{service}:4000/hook\""));
        Assert.That(trial, Does.Contain($"programs=({service} "), "the first is the one that receives");
        Assert.That(trial, Does.Contain("producer=${programs[0]}").And.Contain($"exec -T \"$producer\" {command} <"));
        Assert.That(trial, Does.Contain("\"url\":\"http://'\"$producer\"':4000/hook\""));
    }

    [Test]
    public void The_trial_takes_no_port_that_others_pick_from()
    {
        var ports = Ports().Match(Repository.Read("deploy", "try-compose"));
        var (first, count) = (Number("first"), Number("count"));

        // Below are those of the tests, of the servers script, and those that Linux gives to outgoing connections (32,768 to 60,999).
        Assert.That(first, Is.GreaterThan(60_999));
        Assert.That(first + count + 10, Is.LessThan(1 << 16));

        int Number(string name) => int.Parse(ports.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"docker compose exec (?<service>\S+) (?<command>timers receive [^\n]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Receiver();

    [GeneratedRegex(@"first=\$\(\((?<first>\d+) \+ RANDOM % (?<count>\d+)\)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ports();
}
