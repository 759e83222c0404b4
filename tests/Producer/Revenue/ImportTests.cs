using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Producer.Revenue;
using Tests.Support;

namespace Tests.Producer.Revenue;

/// <summary>Files of the watched folder: each line counts once, bad ones are listed, and the archive can be read back.</summary>
public sealed class ImportTests : RestTests
{
    private readonly TemporaryFolder folder = new();

    private ImportPass Pass => App.Services.GetRequiredService<ImportPass>();

    /// <remarks>The test turns the loop by hand.</remarks>
    protected override HostedStandalone CreateApp() => new(services => services.Configure<ProducerRevenueOptions>(options =>
        (options.Import, options.ImportInterval) = (folder.Path, TimeSpan.FromHours(1))));

    [OneTimeTearDown]
    public void RemoveFolder() => folder.Dispose();

    [Test]
    public async Task Lines_of_every_kind_are_accepted_bad_ones_are_listed_and_the_file_is_moved()
    {
        File.WriteAllText(folder.File("mixed.jsonl"), $$"""
            {"userId":"m1","name":"add_revenue","value":100}
            {"userId":"m1","name":"subtract_revenue","value":50}

            {"user":"m2","name":"add_revenue","value":"0.1","currency":"EUR","timestamp":"2023-01-01T00:00:00Z","eventId":"e"}
            {"user":"m2","original":"e","delta":"-0.05","timestamp":"2023-01-02T00:00:00Z","eventId":"a"}
            {"user":"m2","eventId":"f","name":"long_forgotten","sign":"subtract","value":"2","currency":"EUR","address":"x"}
            {"userId":"m1","name":"page_view","value":1}
            {"userId":"m1","name":"add_revenue","value":-1}
            not json
            {"user":"m1","name":"add_revenue","value":1,"eventId":"{{new string('x', 70_000)}}"}
            {"user":"m1","name":"add_revenue","value":1}
            """);

        await ImportAsync();

        Assert.That(await BalanceAsync("m1"), Is.EqualTo("USD 51 (3)"));
        Assert.That(await BalanceAsync("m2"), Is.EqualTo("EUR -1.95 (3)"));
        Assert.That(File.Exists(folder.File("processed/mixed.jsonl")), Is.True);
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
        var rejects = File.ReadAllLines(folder.File("rejects/mixed.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.That(
            rejects.Select(each => $"{each.GetProperty("line")} {each.GetProperty("errors").EnumerateObject().First().Name}"),
            Is.EqualTo(new[] { "7 name", "8 value", "9 $", "10 $" }));
        Assert.That(rejects[2].GetProperty("text").GetString(), Is.EqualTo("not json"));
    }

    [Test]
    public async Task A_file_counts_once_under_any_name_and_after_a_kill_between_acceptance_and_move()
    {
        const string Lines = """
            {"userId":"once","name":"add_revenue","value":1}
            {"userId":"once","name":"add_revenue","value":1}
            """;
        File.WriteAllText(folder.File("once.jsonl"), Lines);
        await ImportAsync();

        // As if it had not been moved; and under another name.
        File.Move(folder.File("processed/once.jsonl"), folder.File("once.jsonl"));
        File.WriteAllText(folder.File("twice.jsonl"), Lines);
        await ImportAsync();
        File.WriteAllText(folder.File("once.jsonl"), Lines);
        await ImportAsync();

        Assert.That(await BalanceAsync("once"), Is.EqualTo("USD 2 (2)"));
        Assert.That(
            Directory.GetFiles(folder.File("processed")).Select(Path.GetFileName),
            Is.SupersetOf(new[] { "once.jsonl", "once-2.jsonl", "twice.jsonl" }));
        Assert.That(File.Exists(folder.File("rejects/once.jsonl")), Is.False);
    }

    [Test]
    public async Task A_file_that_is_still_written_to_is_left_alone()
    {
        File.WriteAllText(folder.File("growing.jsonl"), """{"userId":"growing","name":"add_revenue","value":1}""" + "\n");
        Assert.That(await Pass.RunOnceAsync(default), Is.Zero);
        File.AppendAllText(folder.File("growing.jsonl"), """{"userId":"growing","name":"add_revenue","value":2}""" + "\n");
        Assert.That(await Pass.RunOnceAsync(default), Is.Zero);

        Assert.That(await Pass.RunOnceAsync(default), Is.EqualTo(1));

        Assert.That(await BalanceAsync("growing"), Is.EqualTo("USD 3 (2)"));
    }

    [Test]
    public async Task A_long_file_is_imported_whole()
    {
        File.WriteAllLines(folder.File("long.jsonl"), Enumerable.Range(0, 2_500)
            .Select(i => $$"""{"userId":"long-{{i % 3}}","name":"add_revenue","value":0.1}"""));

        await ImportAsync();

        Assert.That(await BalanceAsync("long-0"), Is.EqualTo("USD 83.4 (834)"));
    }

    private async Task ImportAsync()
    {
        await Pass.RunOnceAsync(default);
        await Pass.RunOnceAsync(default);
    }

    private async Task<string> BalanceAsync(string user)
    {
        var balance = (await GetAsync($"/api/v1/revenue/users/{user}")).Json.GetProperty("balances")[0];
        return $"{balance.GetProperty("currency")} {balance.GetProperty("total")} ({balance.GetProperty("events")})";
    }
}
