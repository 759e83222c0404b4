using System.Text.RegularExpressions;
using Tests.Support;

namespace Tests.Deployment;

/// <summary>The README says what its test command installs.</summary>
public sealed partial class DocumentedToolsTests
{
    /// <summary>Debian's packages, and what the README calls them.</summary>
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["nodejs"] = "Node.js",
        ["npm"] = "npm",
        ["chromium"] = "Chromium",
        ["strace"] = "strace",
        ["curl"] = "curl",
        ["gcc"] = "gcc",
        ["libc6-dev"] = "C library's headers",
        ["openjdk-17-jre-headless"] = "Java 17 runtime",
        ["redis-server"] = "Redis",
        ["redis-tools"] = "Redis and its tools",
        ["rabbitmq-server"] = "RabbitMQ",
        ["libfaketime"] = "libfaketime",
    };

    [Test]
    public void The_README_names_every_package_that_the_tests_install()
    {
        var installed = Missing().Matches(Repository.Read("build.sh"))
            .SelectMany(match => match.Groups["packages"].Value.Split(' ')).ToList();
        var sentence = Sentence().Match(Repository.Read("README.md")).Groups["tools"].Value;

        Assert.That(installed, Is.EquivalentTo(Names.Keys), "each has a name");
        Assert.That(installed.Where(package => !sentence.Contains(Names[package], StringComparison.Ordinal)), Is.Empty, sentence);
    }

    [GeneratedRegex(@"missing\+=\((?<packages>[^)]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Missing();

    [GeneratedRegex(@"installs missing tools with apt: (?<tools>[^:]*?)\. If it may not", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sentence();
}
