using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Client.Connections;
using Tests.Support;

namespace Tests.Client;

/// <summary>timers profile, and which service and key a command uses.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ProfileCommandTests
{
    private TemporaryFolder folder = null!;

    private string File => folder.File("sub/profiles.json");

    [SetUp]
    public void Create() => folder = new TemporaryFolder();

    [TearDown]
    public void Delete() => folder.Dispose();

    [Test]
    public async Task Profiles_are_kept_for_their_owner_alone()
    {
        await RunAsync("profile", "set", "dev", "--url", "http://dev:3000");
        await RunAsync("profile", "set", "prod", "--url", "https://prod", "--key", "tmr_a_secret");
        Assert.That(System.IO.File.GetUnixFileMode(File), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));

        var listed = await RunAsync("profile", "list");
        Assert.That(listed.Lines, Is.EqualTo(new[]
        {
            "   NAME  URL              KEY", "*  dev   http://dev:3000  none", "   prod  https://prod     set",
        }));
        await RunAsync("profile", "use", "prod");
        var json = JsonElement.Parse((await RunAsync("profile", "list", "--json")).Output);
        Assert.That(json[1].GetRawText(), Is.EqualTo("""{"name":"prod","url":"https://prod","hasKey":true,"inUse":true}"""));
        Assert.That((listed.Output + json).Contains("secret", StringComparison.Ordinal), Is.False);

        await RunAsync("profile", "remove", "prod");
        Assert.That((await RunAsync("profile", "list")).Lines, Has.Length.EqualTo(2));
        Assert.That(System.IO.File.ReadAllText(File), Does.Not.Contain("secret"));
        Assert.That((await RunAsync("profile", "use", "prod")).Code, Is.EqualTo(2));
        Assert.That((await RunAsync("profile", "set", "x", "--url", "prod")).Code, Is.EqualTo(2));
    }

    [Test]
    public async Task A_key_can_come_from_the_standard_input()
    {
        var run = await CommandRun.RunAsync(
            new() { [ProfileStore.Variable] = File }, "tmr_b_hidden\n"u8.ToArray(),
            "profile", "set", "a", "--url", "http://a", "--key", "-");

        Assert.That(run.Code, Is.Zero);
        Assert.That(new ProfileStore(File).Read().Profiles["a"].Key, Is.EqualTo("tmr_b_hidden"));
    }

    [Test]
    public async Task A_file_that_others_may_read_is_not_used()
    {
        await RunAsync("profile", "set", "a", "--url", "http://a", "--key", "k");
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var run = await RunAsync("list");

        Assert.That((run.Code, run.Errors), Is.EqualTo((2, run.Errors)));
        Assert.That(run.Errors, Does.Contain("chmod 600"));
        await System.IO.File.WriteAllTextAsync(File, "{", Encoding.UTF8);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.That((await RunAsync("list")).Code, Is.EqualTo(2));
    }

    /// <summary>The command line, then a named profile, then the variables, then the profile in use.</summary>
    [TestCase("", "", "http://dev/", "dev-key")]
    [TestCase("", "TIMERS_KEY=v", "http://dev/", "v")]
    [TestCase("", "TIMERS_URL=http://v", "http://v/", null)]
    [TestCase("", "TIMERS_URL=http://v TIMERS_KEY=v", "http://v/", "v")]
    [TestCase("--url http://o", "TIMERS_URL=http://v", "http://o/", null)]
    [TestCase("--url http://o --key o", "TIMERS_KEY=v", "http://o/", "o")]
    [TestCase("--profile prod", "TIMERS_URL=http://v TIMERS_KEY=v", "http://prod/", "prod-key")]
    [TestCase("--profile bare", "TIMERS_KEY=v", "http://bare/", "v")]
    [TestCase("--profile prod --key o", "", "http://prod/", "o")]
    [TestCase("", "TIMERS_PROFILE=prod", "http://prod/", "prod-key")]
    public async Task A_command_uses_the_nearest_and_a_key_goes_to_its_own_service_alone(
        string line, string variables, string url, string? key)
    {
        await RunAsync("profile", "set", "dev", "--url", "http://dev", "--key", "dev-key");
        await RunAsync("profile", "set", "prod", "--url", "http://prod", "--key", "prod-key");
        await RunAsync("profile", "set", "bare", "--url", "http://bare");
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(each => each.Split('=')[0], each => each.Split('=')[1]);
        set[ProfileStore.Variable] = File;
        var options = new ServiceOptions(new Shell(TextWriter.Null, TextWriter.Null) { Variable = set.GetValueOrDefault });
        var command = new System.CommandLine.Command("x");
        options.AddTo(command);

        var (foundUrl, foundKey) = options.Resolve(command.Parse(line));

        Assert.That((new Uri(foundUrl).AbsoluteUri, foundKey), Is.EqualTo((url, key)));
    }

    [Test]
    public async Task Keys_and_everything_else_work_through_a_profile()
    {
        await using var app = new HostedStandalone(withKeys: true);
        using var http = app.CreateClient();
        await RunAsync("profile", "set", "mine", "--url", http.BaseAddress!.AbsoluteUri, "--key", HostedKeys.First.Text);

        Assert.That((await RunAsync("list")).Code, Is.Zero);
        Assert.That((await RunAsync("keys", "list")).Code, Is.Zero);
        var without = await RunAsync("list", "--url", http.BaseAddress.AbsoluteUri);
        Assert.That((without.Code, without.Errors), Is.EqualTo((1, without.Errors)));
        Assert.That(without.Errors, Does.StartWith("401 "));
    }

    [Test]
    public async Task Two_services_at_once_and_one_that_is_unknown_are_told()
    {
        Assert.That((await RunAsync("list", "--url", "http://a", "--profile", "b")).Errors, Does.StartWith("--url and --profile"));
        Assert.That((await RunAsync("list", "--profile", "b")).Errors, Does.StartWith("There is no profile 'b' in "));
    }

    private Task<CommandRun> RunAsync(params string[] arguments) =>
        CommandRun.RunAsync(new() { [ProfileStore.Variable] = File }, null, arguments);
}
