using System.Security.Cryptography;
using System.Text.Json;
using Contracts.Common;
using Contracts.Revenue;
using Contracts.Storage;
using Infrastructure.Revenue;
using Infrastructure.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Runner.Revenue;
using Tests.Contract.Revenue;
using Tests.Support;

namespace Tests.Runner.Revenue;

/// <summary>The archive: closed files of minutes that are over, and each entry in one of them, wherever the Runner is killed.</summary>
public sealed class ArchivePassTests
{
    private static readonly Guid Epoch = Guid.NewGuid();
    private SqliteRevenueStorage storage = null!;
    private TemporaryFolder folder = null!;
    private FakeTimeProvider clock = null!;
    private long offset;

    [SetUp]
    public void Open()
    {
        (storage, folder, clock, offset) = (new SqliteRevenueStorage(onDisk: false), new TemporaryFolder(), Clocks.AtNoon(), 0);
    }

    [TearDown]
    public void Close()
    {
        storage.Dispose();
        folder.Dispose();
    }

    [Test]
    public async Task Minutes_that_are_over_are_closed_with_checksums_and_late_entries_have_a_file_of_their_own()
    {
        using var pass = Create();
        await AddAsync("a", "12.50", Clocks.Noon.AddSeconds(1));
        await AddAsync("b", "-3", Clocks.Noon.AddSeconds(59.9));
        await AddAsync("c", "1", Clocks.Noon.AddSeconds(60));
        clock.Advance(TimeSpan.FromSeconds(59.9));
        Assert.That(await pass.RunOnceAsync(default), Is.Zero, "the minute is not over");
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(await pass.RunOnceAsync(default), Is.EqualTo(2));
        await AddAsync("late", "4", Clocks.Noon.AddSeconds(30));
        Assert.That(await pass.RunOnceAsync(default), Is.EqualTo(1));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await pass.RunOnceAsync(default), Is.EqualTo(1));
        Assert.That(await pass.RunOnceAsync(default), Is.Zero);

        Assert.That(Files().Select(Path.GetFileName), Is.EqualTo(new[]
        {
            $"revenue-{Clocks.Noon:yyyy-MM-dd}T12-00Z-2.jsonl", $"revenue-{Clocks.Noon:yyyy-MM-dd}T12-00Z.jsonl",
            $"revenue-{Clocks.Noon:yyyy-MM-dd}T12-01Z.jsonl",
        }));
        using var line = JsonDocument.Parse(File.ReadAllLines(Files()[1])[1]);
        Assert.That(
            (line.RootElement.GetProperty("name").GetString(), line.RootElement.GetProperty("sign").GetString(),
                line.RootElement.GetProperty("value").GetString(), line.RootElement.GetProperty("eventId").GetString()),
            Is.EqualTo(("name", "subtract", "3", "b")));
        var manifests = Files().Select(ReadManifest).OrderBy(each => each.GetProperty("number").GetInt64()).ToList();
        Assert.That(manifests.Select(each => each.GetProperty("entries").GetInt32()), Is.EqualTo(new[] { 2, 1, 1 }));
        Assert.That(
            manifests.Skip(1).Select(each => each.GetProperty("previousSha256").GetString()),
            Is.EqualTo(manifests.SkipLast(1).Select(each => each.GetProperty("sha256").GetString())));
    }

    [Test]
    public async Task A_kill_at_any_step_loses_and_repeats_nothing()
    {
        // Each round ends with another call of the store; the last one with none.
        for (var calls = 1; calls <= 12; calls++)
        {
            for (var i = 0; i < 3; i++)
            {
                await AddAsync($"{calls}-{i}", "1", clock.GetUtcNow().AddSeconds(i * 20));
            }

            clock.Advance(TimeSpan.FromMinutes(1));
            using var pass = Create(new KilledArchive(storage.Archive, calls, isAfter: calls % 2 == 0));
            await RunUntilKilledAsync(pass);
        }

        using var last = Create();
        await last.RunOnceAsync(default);

        Assert.That(Entries(), Is.Unique.And.Count.EqualTo(36));
        Assert.That(await storage.Archive.ReadAsync(null, 100, default), Is.Empty);
    }

    /// <remarks>What a kill leaves between two steps of the folder: the file aside, without its name, or without its manifest.</remarks>
    [TestCase("aside")]
    [TestCase("name")]
    [TestCase("manifest")]
    public async Task A_kill_between_the_steps_of_a_file_is_completed_by_the_next_process(string step)
    {
        await AddAsync("a", "1", Clocks.Noon);
        clock.Advance(TimeSpan.FromMinutes(1));
        using (var pass = Create(new KilledArchive(storage.Archive, calls: 4, isAfter: false)))
        {
            // Added to the folder, and not noted by the store.
            await RunUntilKilledAsync(pass);
        }

        var file = Files().Single();
        var manifest = Path.ChangeExtension(file, ".manifest.json");
        switch (step)
        {
            case "aside":
                // Before it was set to be the last one: it never was in the archive.
                File.Move(file, $"{file}.tmp");
                File.Delete(manifest);
                var state = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(File.ReadAllText(folder.File("archive.json")))!;
                File.WriteAllText(folder.File("archive.json"), $$"""{"archive":"{{state["archive"]}}","last":null,"isNoted":true}""");
                break;
            case "name":
                File.Move(file, $"{file}.tmp");
                File.Delete(manifest);
                break;
            default:
                File.Delete(manifest);
                break;
        }

        using var next = Create();
        await next.RunOnceAsync(default);

        Assert.That(Entries(), Is.EqualTo(new[] { "a" }));
        Assert.That(Directory.GetFiles(folder.Path, "*.tmp", SearchOption.AllDirectories), Is.Empty);
        Assert.That(await storage.Archive.ReadAsync(null, 100, default), Is.Empty);
    }

    [Test]
    public async Task A_second_archive_of_a_store_and_a_second_process_of_an_archive_write_nothing()
    {
        await AddAsync("a", "1", Clocks.Noon);
        clock.Advance(TimeSpan.FromMinutes(1));
        using var first = Create();
        await first.RunOnceAsync(default);
        await AddAsync("b", "1", Clocks.Noon);

        using var other = new TemporaryFolder();
        using var elsewhere = Create(path: other.Path);
        using var second = Create();

        Assert.That((await elsewhere.RunOnceAsync(default), await second.RunOnceAsync(default)), Is.EqualTo((0, 0)));
        Assert.That(Directory.GetFiles(other.Path, "*.jsonl", SearchOption.AllDirectories), Is.Empty);
        Assert.That(await first.RunOnceAsync(default), Is.EqualTo(1));
    }

    [Test]
    public async Task Without_an_archive_nothing_is_written()
    {
        await AddAsync("a", "1", Clocks.Noon);
        clock.Advance(TimeSpan.FromMinutes(1));
        using var pass = new ArchivePass(
            storage.Archive, new WallClock(clock), Options.Create(new RevenueOptions()), NullLogger<ArchivePass>.Instance);

        Assert.That(await pass.RunOnceAsync(default), Is.Zero);
    }

    private static async Task RunUntilKilledAsync(ArchivePass pass)
    {
        try
        {
            await pass.RunOnceAsync(default);
        }
        catch (StoreUnavailableException)
        {
            // Killed: nothing of it runs on.
        }
    }

    private List<string> Entries() => [.. Files().SelectMany(File.ReadAllLines)
        .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("eventId").GetString()!)];

    private List<string> Files() =>
        [.. Directory.GetFiles(folder.Path, "*.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static JsonElement ReadManifest(string file)
    {
        var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(file, ".manifest.json"))).RootElement;
        var content = File.ReadAllBytes(file);
        Assert.That(
            (manifest.GetProperty("bytes").GetInt64(), manifest.GetProperty("sha256").GetString()),
            Is.EqualTo((content.Length, Convert.ToHexStringLower(SHA256.HashData(content)))));
        return manifest;
    }

    private Task AddAsync(string id, string effect, DateTimeOffset receivedAt)
    {
        var isSubtracted = effect[0] == '-';
        Assert.That(Amount.Read(isSubtracted ? effect[1..] : effect, out var value), Is.Null);
        var revenue = new RevenueEvent(
            id, "name", isSubtracted ? RevenueSign.Subtract : RevenueSign.Add, value, "USD", TickTime.Of(Clocks.Noon));
        return storage.Store.AddAsync(
            [new(new RevenueReceived("u", [revenue], new(receivedAt)), new(Epoch, 0, offset++))], default);
    }

    private ArchivePass Create(IRevenueArchive? archive = null, string? path = null) => new(
        archive ?? storage.Archive, new WallClock(clock), Options.Create(new RevenueOptions { Archive = path ?? folder.Path }),
        NullLogger<ArchivePass>.Instance);

    /// <summary>Answers a number of calls, and the last one not at all, before or after it has had its effect.</summary>
    private sealed class KilledArchive(IRevenueArchive archive, int calls, bool isAfter) : IRevenueArchive
    {
        private int left = calls;

        public Task<Guid> BindAsync(Guid id, CancellationToken cancellationToken) =>
            RunAsync(() => archive.BindAsync(id, cancellationToken));

        public Task<IReadOnlyList<UnarchivedEntry>> ReadAsync(string? after, int limit, CancellationToken cancellationToken) =>
            RunAsync(() => archive.ReadAsync(after, limit, cancellationToken));

        public Task NoteAsync(IReadOnlyList<string> marks, CancellationToken cancellationToken) => RunAsync(async () =>
        {
            await archive.NoteAsync(marks, cancellationToken);
            return true;
        });

        private async Task<T> RunAsync<T>(Func<Task<T>> call)
        {
            if (--left > 0)
            {
                return await call();
            }

            if (isAfter)
            {
                await call();
            }

            throw new StoreUnavailableException(WriteOutcome.Unknown, "killed");
        }
    }
}
