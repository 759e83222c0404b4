using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tests.Support;

namespace Tests.Deployment;

/// <summary><c>./build.sh audit</c> of the smallest project, against a source of advisories that knows what a test wants.</summary>
public sealed partial class AuditCommandTests
{
    private const string Project = "Contracts/Contracts.csproj";
    private const string Package = "meziantou.analyzer";

    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(5);

    [Test]
    public async Task What_is_known_to_be_vulnerable_fails_it_and_is_named()
    {
        await using var source = await StartAsync(Of(Package, "https://advisory.example/1"));

        var (code, output) = await AuditAsync(source);

        Assert.That(code, Is.Not.Zero, output);
        Assert.That(output, Does.Contain("NU1901").And.Contain("Meziantou.Analyzer").And.Contain("https://advisory.example/1"));
    }

    [Test]
    public async Task Advisories_that_name_no_package_of_ours_pass_it()
    {
        await using var source = await StartAsync(Of("other", "https://advisory.example/2"));

        var (code, output) = await AuditAsync(source);

        Assert.That(code, Is.Zero, output);
        Assert.That(output, Does.Contain("No package is known to be vulnerable."));
    }

    [Test]
    public async Task A_source_without_advisories_fails_it()
    {
        await using var source = await StartAsync(advisories: null);

        var (code, output) = await AuditAsync(source);

        Assert.That(code, Is.Not.Zero, output);
        Assert.That(output, Does.Contain("NU1905").And.Not.Contain("No package is known"));
    }

    [Test]
    public void What_is_locked_is_what_is_asked_for()
    {
        var versions = Version().Matches(Repository.Read("Directory.Packages.props"))
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["version"].Value, StringComparer.OrdinalIgnoreCase);
        var locked = Directory.EnumerateFiles(Repository.File("deploy", "locks"), "*.json").SelectMany(file =>
            JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("dependencies").GetProperty("net10.0").EnumerateObject()
                .Where(package => package.Value.GetProperty("type").GetString() != "Project")).ToList();

        Assert.That(locked, Has.Count.GreaterThan(100), "they are found");
        Assert.That(
            locked.Where(package => versions.TryGetValue(package.Name, out var version)
                && package.Value.GetProperty("resolved").GetString() != version).Select(package => package.ToString()).Distinct(),
            Is.Empty, "after a change of packages: ./build.sh lock");
        Assert.That(locked.Select(package => package.Value.GetProperty("contentHash").GetString()), Has.None.Empty);
    }

    private static Dictionary<string, object> Of(string package, string url) =>
        new() { [package] = new[] { new { url, severity = 0, versions = "[1.0.0, )" } } };

    /// <summary>A source of packages that has none, and advisories; null for none of those either.</summary>
    private static async Task<WebApplication> StartAsync(Dictionary<string, object>? advisories)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/index.json", (HttpRequest request) => Results.Json(new
        {
            version = "3.0.0",
            resources = advisories is null ? [] : new[]
            {
                new Dictionary<string, string>
                {
                    ["@id"] = $"http://{request.Host}/advisories.json",
                    ["@type"] = "VulnerabilityInfo/6.7.0",
                },
            },
        }));
        app.MapGet("/advisories.json", (HttpRequest request) => Results.Json(new[]
        {
            new Dictionary<string, string>
            {
                ["@name"] = "base",
                ["@id"] = $"http://{request.Host}/base.json",
                ["@updated"] = "2026-01-01T00:00:00.0000000Z",
            },
        }));
        app.MapGet("/base.json", () => Results.Json(advisories));
        await app.StartAsync();
        return app;
    }

    private static async Task<(int Code, string Output)> AuditAsync(WebApplication source)
    {
        if (OperatingSystem.IsWindows())
        {
            Tools.Missing("bash");
        }

        var address = source.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var start = new ProcessStartInfo("bash", [Repository.File("build.sh"), "audit", Project])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["AUDIT_SOURCE"] = $"{address}/index.json";

        // What the run of the tests has set for itself.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(MaxTime);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await errors);
    }

    [GeneratedRegex("""<PackageVersion Include="(?<name>[^"]+)" Version="(?<version>[^"]+)" />""", RegexOptions.None, 1000)]
    private static partial Regex Version();
}
