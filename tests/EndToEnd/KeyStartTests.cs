using System.Text.RegularExpressions;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Where the program may listen with and without keys, and where its first key comes from.</summary>
[Parallelizable]
public sealed partial class KeyStartTests
{
    [TestCase("http://0.0.0.0:0")]
    [TestCase("http://[::]:0")]
    [TestCase("http://*:0")]
    [TestCase("http://127.0.0.1:0;http://0.0.0.0:0")]
    public async Task Without_a_key_it_does_not_listen_where_others_reach_it(string urls)
    {
        foreach (var need in new[] { "IfAny", "Never" })
        {
            await using var standalone = new StandaloneProcess($"--urls={urls}", $"--Keys:Need={need}");
            await standalone.StartAsync(wait: false);
            await standalone.ExitedAsync();

            Assert.That(standalone.ExitCode, Is.EqualTo(2), standalone.Output);
            Assert.That(standalone.Output, Does.Contain("there is no key").And.Contain("timers keys generate").And.Contain("--urls"));
            Assert.That(standalone.Output, Does.Not.Contain("listens on").And.Not.Contain("   at "));
        }
    }

    [Test]
    public async Task Where_keys_are_always_needed_the_first_is_made_printed_once_and_kept()
    {
        await using var standalone = await StandaloneProcess.StartNewAsync("--Keys:Need=Always");
        await Eventually.That(() => First().IsMatch(standalone.Output), TimeSpan.FromSeconds(60), "it is printed");
        var key = First().Match(standalone.Output).Value;
        Assert.That(First().Matches(standalone.Output).Select(match => match.Value).Distinct().Count(), Is.EqualTo(1));
        Assert.That((await StatusAsync(standalone, null), await StatusAsync(standalone, key)), Is.EqualTo((401, 200)));
        Assert.That(standalone.Output, Does.Contain($" {standalone.Http.BaseAddress}api/v1/timers"), "where it listens");

        await standalone.TerminateAsync();
        var printed = standalone.Output.Length;
        await standalone.StartAsync();

        Assert.That((await StatusAsync(standalone, null), await StatusAsync(standalone, key)), Is.EqualTo((401, 200)), "after a restart");
        Assert.That(standalone.Output[printed..], Does.Not.Contain("tmr_"), "it is not printed again");
        foreach (var file in Directory.EnumerateFiles(standalone.Folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "lock"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            Assert.That(await reader.ReadToEndAsync(), Does.Not.Contain(key.Split('_')[2]), file);
        }
    }

    [Test]
    public async Task A_first_key_can_be_given_in_a_file_and_one_that_is_none_stops_the_start()
    {
        using var folder = new TemporaryFolder();
        var key = global::Contracts.Access.KeyText.Create();
        await File.WriteAllTextAsync(folder.File("key"), $"{key.Text}\n");
        await using (var standalone = await StandaloneProcess.StartNewAsync($"--Keys:FirstFile={folder.File("key")}"))
        {
            Assert.That((await StatusAsync(standalone, null), await StatusAsync(standalone, key.Text)), Is.EqualTo((401, 200)));
        }

        await File.WriteAllTextAsync(folder.File("key"), key.Text[..^1]);
        await using var wrong = new StandaloneProcess($"--Keys:FirstFile={folder.File("key")}");
        await wrong.StartAsync(wait: false);
        await wrong.ExitedAsync();
        Assert.That((wrong.ExitCode, wrong.Output), Is.EqualTo((2, wrong.Output)));
        Assert.That(wrong.Output, Does.Contain("Keys:FirstFile").And.Contain("is not a key").And.Not.Contain(key.Text[..^1]));
    }

    private static async Task<int> StatusAsync(StandaloneProcess standalone, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/timers");
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        return (int)(await standalone.Http.SendAsync(request)).StatusCode;
    }

    [GeneratedRegex("tmr_first_[a-z0-9]+_[0-9a-f]{8}", RegexOptions.None, 1000)]
    private static partial Regex First();
}
