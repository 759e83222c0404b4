using System.Buffers.Binary;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Common;
using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Infrastructure.Timers.Mongo;

/// <summary>
/// Pages of outcomes, one document each: its id is the Runner's and a number, so that a Runner's pages are one range of ids.
/// </summary>
/// <remarks>
/// The rows of a burst's attempts and timers take the database a quarter of a millisecond each. Sending that waited for them was eight
/// times slower; a page of some twenty outcomes costs about as much as one row.
/// </remarks>
internal sealed class MongoOutcomePages(MongoConnection connection) : IOutcomePages
{
    private const int RunnerBytes = 16;
    private const int IdBytes = RunnerBytes + sizeof(long);

    /// <summary>Pages that are read at once: at most some megabytes.</summary>
    private const int PagesPerRead = 16;

    private static readonly BsonDocument ById = new("_id", 1);
    private static readonly BsonDocument OnlyId = new("_id", 1);

    private long last;

    public async Task<long> AddAsync(Guid runner, IReadOnlyList<AttemptOutcome> outcomes, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref last);
        await connection.RunAsync(
            MongoLane.Runner,
            rows => rows.InsertAsync(MongoTimerSchema.Outcomes, [new NewPage(IdOf(runner, number), Encode(outcomes))]),
            cancellationToken);
        return number;
    }

    public Task RemoveAsync(Guid runner, IReadOnlyList<long> pages, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Runner, rows => RemoveAsync(rows, [.. pages.Select(page => IdOf(runner, page))]), cancellationToken);

    /// <summary>Whose pages there are: one step for each, however many pages it has.</summary>
    public static async Task<List<Guid>> FindRunnersAsync(MongoRows rows)
    {
        var runners = new List<Guid>();
        int found;
        do
        {
            found = runners.Count;
            var filter = runners is [.., var before] ? new BsonDocument("_id", new BsonDocument("$gt", IdOf(before, long.MaxValue))) : [];
            var next = await rows.FindAsync(MongoTimerSchema.Outcomes, filter, new MongoFind(OnlyId, Sort: ById, Limit: 1));
            runners.AddRange(next.Select(page => RunnerOf(page["_id"].AsByteArray)));
        }
        while (runners.Count > found);

        return runners;
    }

    /// <summary>The first pages of a Runner.</summary>
    /// <returns>Their ids and what they hold; of a page that is damaged what can be read, which is reported.</returns>
    public static async Task<(List<BsonValue> Ids, List<AttemptOutcome> Outcomes)> ReadAsync(MongoRows rows, Guid runner)
    {
        var filter = new BsonDocument(
            "_id", new BsonDocument { { "$gte", IdOf(runner, 0) }, { "$lte", IdOf(runner, long.MaxValue) } });
        var pages = await rows.FindAsync(MongoTimerSchema.Outcomes, filter, new MongoFind(Sort: ById, Limit: PagesPerRead));
        var outcomes = new List<AttemptOutcome>();
        foreach (var page in pages)
        {
            try
            {
                outcomes.AddRange(Decode(page["outcomes"].AsByteArray));
            }
#pragma warning disable CA1031 // Whatever its bytes make of it: the other pages, and the claims behind them, must not wait for it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                rows.Damage.Add($"A page of outcomes of Runner {runner} cannot be read: {error.Message}");
            }
        }

        return (pages.ConvertAll(page => page["_id"]), outcomes);
    }

    public static Task<long> RemoveAsync(MongoRows rows, IReadOnlyCollection<BsonValue> ids) =>
        rows.DeleteAsync(MongoTimerSchema.Outcomes, new BsonDocument("_id", new BsonDocument("$in", new BsonArray(ids))));

    private static BsonValue IdOf(Guid runner, long number)
    {
        var id = new byte[IdBytes];
        runner.TryWriteBytes(id, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(id.AsSpan(RunnerBytes), number);
        return id;
    }

    private static Guid RunnerOf(byte[] id) => new(id.AsSpan(0, RunnerBytes), bigEndian: true);

    private static byte[] Encode(IReadOnlyList<AttemptOutcome> outcomes)
    {
        using var page = new MemoryStream();
        using var writer = new BinaryWriter(page);
        foreach (var outcome in outcomes)
        {
            var start = page.Position;
            writer.Write(0);
            OutcomeRecord.Write(writer, outcome);
            var end = page.Position;
            page.Position = start;
            writer.Write((int)(end - start) - sizeof(int));
            page.Position = end;
        }

        return page.ToArray();
    }

    private static IEnumerable<AttemptOutcome> Decode(byte[] page)
    {
        using var reader = new BinaryReader(new MemoryStream(page));
        while (reader.BaseStream.Position < page.Length)
        {
            var length = reader.ReadInt32();
            yield return length >= 0 && length <= page.Length - reader.BaseStream.Position
                ? OutcomeRecord.Read(reader.ReadBytes(length))
                : throw new InvalidDataException("An outcome's length is out of bounds.");
        }
    }

    private sealed class NewPage(BsonValue id, byte[] outcomes) : MongoRow
    {
        public override void Write(IBsonWriter writer)
        {
            writer.WriteName("_id");
            writer.WriteBinaryData(id.AsBsonBinaryData);
            writer.WriteBytes("outcomes", outcomes);
        }
    }
}
