using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Items;
using Contracts.Messaging;
using Contracts.Revenue;
using Contracts.Sites;
using Infrastructure.Devices.Sqlite;
using Infrastructure.Items.Sqlite;
using Infrastructure.Revenue.Sqlite;
using Infrastructure.Sites.Sqlite;
using Infrastructure.Storage.Sqlite;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>
/// Of messages that it has stored, a file knows for a while which were new with all that they carry: these need not be read back. Of all
/// others the store is asked, so a mistake would make a repetition look like the first.
/// </summary>
public sealed class NewMessagesTests
{
    private static readonly EventStamp Stamp = new(Clocks.Noon);
    private static readonly Guid Item = Guid.NewGuid();

    /// <summary>Each slice stores a message that carries the events of these numbers.</summary>
    private static IEnumerable<TestCaseData> Slices() =>
    [
        Case(
            "readings", DeviceSchema.Apply,
            numbers => new ReadingsReceived("d", [.. numbers.Select(each => (long)each)], [.. numbers.Select(_ => 1L)], Stamp),
            (file, messages) => new SqliteDeviceStore(file).AddAsync(messages, default)),
        Case(
            "site events", SiteSchema.Apply,
            numbers => new SiteEventsReceived(
                "s", [.. numbers.Select(each => new SiteEvent(each, SiteEvent.PageView, "/", $"e{each}"))], Stamp),
            (file, messages) => new SqliteSiteStore(file).AddAsync(messages, default)),
        Case(
            "revenue", RevenueSchema.Apply,
            numbers => new RevenueReceived(
                "u",
                [.. numbers.Select(each => new RevenueEvent($"e{each}", "add_revenue", RevenueSign.Add, Amount.Of(each), "USD", each))],
                Stamp),
            (file, messages) => new SqliteRevenueStore(file).AddAsync(messages, default)),
        Case(
            "transfers", ItemSchema.Apply,
            numbers => new ItemTransferred(Item, $"t{numbers[0]}", Item, numbers[0], Stamp),
            (file, messages) => new SqliteItemStore(file).AddAsync(messages, default)),
    ];

    /// <summary>Those whose messages carry several events: a transfer has a message of its own.</summary>
    private static IEnumerable<TestCaseData> SlicesOfMany() => Slices().SkipLast(1);

    [TestCaseSource(nameof(Slices))]
    public async Task Only_what_was_not_there_before_is_new(Slice slice)
    {
        using var stored = slice.Open();
        await stored.AddAsync([1], [2], [2], [3]);
        Assert.That(stored.New(4), Is.EqualTo(new[] { true, true, false, true }));

        await stored.AddAsync([3], [4]);
        Assert.That(stored.New(6), Is.EqualTo(new[] { true, true, false, true, false, true }));
    }

    [TestCaseSource(nameof(SlicesOfMany))]
    public async Task What_is_new_in_part_is_not_new(Slice slice)
    {
        using var stored = slice.Open();
        await stored.AddAsync([1], [1, 2], [3, 4], [5, 5]);

        Assert.That(stored.New(4), Is.EqualTo(new[] { true, false, true, false }));
    }

    [TestCaseSource(nameof(Slices))]
    public async Task A_message_that_comes_once_more_is_not_new(Slice slice)
    {
        using var stored = slice.Open();
        stored.SourceOffset = 7;
        await stored.AddAsync([1]);

        Assert.That(stored.New(1), Is.EqualTo(new[] { false }), "its effects count as those of offset 7");
    }

    [Test]
    public void It_is_forgotten_and_never_mistaken_for_another()
    {
        using var file = new SqliteFile(":memory:", _ => { });
        var position = new LogPosition(file.Log.Epoch, 0, 5);
        file.Log.NoteNew(position, position);
        file.Log.NoteNew(new LogPosition(Guid.NewGuid(), 0, 6), new LogPosition(Guid.NewGuid(), 0, 6));

        Assert.That(file.Log.WasNew(5));
        Assert.That(file.Log.WasNew(6), Is.False, "another log's");
        Assert.That(file.Log.WasNew(5 + 32_768), Is.False, "in the same place");
        Assert.That(file.Log.WasNew(0), Is.False, "nothing was noted");

        var later = position with { Offset = 5 + 32_768 };
        file.Log.NoteNew(later, later);
        Assert.That(file.Log.WasNew(5), Is.False, "forgotten");
    }

    private static TestCaseData Case<TMessage>(
        string name, Action<SqliteConnection> schema, Func<int[], TMessage> make,
        Func<SqliteFile, IReadOnlyList<Received<TMessage>>, Task> addAsync) => new TestCaseData(new Slice(() => new Stored(
            new SqliteFile(":memory:", schema),
            (file, messages) => addAsync(
                file,
                [.. messages.Select(each => new Received<TMessage>(make(each.Numbers), each.Position) { Source = each.Source })]))))
        .SetArgDisplayNames(name);

    public sealed class Slice
    {
        private readonly Func<Stored> open;

        internal Slice(Func<Stored> open) => this.open = open;

        internal Stored Open() => open();
    }

    internal sealed class Stored(
        SqliteFile file, Func<SqliteFile, IReadOnlyList<(int[] Numbers, LogPosition Position, LogPosition Source)>, Task> addAsync)
        : IDisposable
    {
        private long next;

        /// <summary>Where effects are counted as coming from, if not from the message itself.</summary>
        public long? SourceOffset { get; set; }

        public Task AddAsync(params int[][] messages) => addAsync(file, [.. messages.Select(each =>
        {
            var position = new LogPosition(file.Log.Epoch, 0, next++);
            return (each, position, position with { Offset = SourceOffset ?? position.Offset });
        })]);

        public bool[] New(int count) => [.. Enumerable.Range(0, count).Select(offset => file.Log.WasNew(offset))];

        public void Dispose() => file.Dispose();
    }
}
