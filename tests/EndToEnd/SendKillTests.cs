using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Client.Sending;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>kill -9 of the service, and of the command line itself, while a file is sent: each of its lines counts once.</summary>
[Category(FaultReport.Category)]
[Parallelizable]
public sealed class SendKillTests
{
    private const int Lines = 20_000;
    private const int Users = 7;
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(3);

    [Test]
    public async Task A_file_sent_while_service_and_client_are_killed_counts_once()
    {
        await using var standalone = await StandaloneProcess.StartNewAsync();
        using var folder = new TemporaryFolder();
        var file = folder.File("revenue.jsonl");

        // Without ids and instants, so that nothing but its place tells a line from the others.
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, Lines).Select(
            i => $$"""{"user":"user-{{i % Users}}","name":"add_revenue","value":"{{ValueOf(i)}}"}"""));
        var store = new CheckpointFile($"{file}.revenue.checkpoint");

        using (var sending = Start(standalone, file))
        {
            await KillServiceAsync(sending, atLine: 2_000);
            await KillServiceAsync(sending, atLine: 5_000);
            await ReachedAsync(sending, 8_000);
            sending.Kill();
            await sending.WaitForExitAsync();
        }

        Assert.That(store.Read()!.Line, Is.InRange(8_000, Lines - 1), "it was killed in the middle");
        using (var sending = Start(standalone, file))
        {
            await KillServiceAsync(sending, atLine: 12_000);
            using var limit = new CancellationTokenSource(MaxWait);
            await sending.WaitForExitAsync(limit.Token);
            Assert.That(sending.ExitCode, Is.Zero);
        }

        await CheckAsync(standalone.Http);

        // Everything once more, as if nobody had ever sent it.
        File.Delete(store.Path);
        var again = await CommandRun.OnAsync(standalone.Http.BaseAddress, "send", "revenue", file);
        Assert.That(again.Output, Is.EqualTo($"{file}: 20,000 lines; 20,000 accepted (20,000 duplicates), 0 rejected\n"), again.Errors);
        await CheckAsync(standalone.Http);

        async Task KillServiceAsync(Process sending, int atLine)
        {
            await ReachedAsync(sending, atLine);
            Assert.That(store.Read()!.Line, Is.LessThan(Lines), "it is in the middle");
            await standalone.KillAsync();
            await standalone.StartAsync();
        }

        Task ReachedAsync(Process sending, int line) => Eventually.That(
            () =>
            {
                Assert.That(sending.HasExited, Is.False, "it goes on while the service is away");
                return store.Read()?.Line >= line;
            },
            MaxWait,
            $"line {line} was answered");
    }

    private static decimal ValueOf(int line) => 0.01m * (line % 1000);

    private static Process Start(StandaloneProcess standalone, string file)
    {
        var start = new ProcessStartInfo(
            "dotnet", [ServiceProcess.AssemblyOf("timers"), "send", "revenue", file, "--batch", "20", "--retry-for", "3m"])
        { UseShellExecute = false };
        start.Environment["TIMERS_URL"] = standalone.Http.BaseAddress!.AbsoluteUri;
        return Process.Start(start)!;
    }

    private static async Task CheckAsync(HttpClient http)
    {
        var lines = Enumerable.Range(0, Lines).ToLookup(i => i % Users, ValueOf);
        for (var user = 0; user < Users; user++)
        {
            var balance = (await http.GetFromJsonAsync<JsonElement>($"/api/v1/revenue/users/user-{user}")).GetProperty("balances")[0];
            var total = decimal.Parse(balance.GetProperty("total").GetString()!, CultureInfo.InvariantCulture);
            Assert.That(
                (balance.GetProperty("events").GetInt32(), total), Is.EqualTo((lines[user].Count(), lines[user].Sum())));
        }
    }
}
