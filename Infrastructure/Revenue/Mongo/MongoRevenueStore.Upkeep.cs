using System.Globalization;
using Contracts.Events;
using Contracts.Revenue;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Revenue.Mongo;

/// <content>Registered names, and what the Runner does.</content>
internal sealed partial class MongoRevenueStore
{
    private const int MaxUsersPerStep = 100;

    /// <summary>Cursors of comparisons: a user's key, or behind this letter a day and a tenant.</summary>
    private const char OfDay = 'd';

    private static readonly BsonDocument ById = new("_id", 1);

    public Task<bool> RegisterAsync(string tenant, RevenueEventType type, CancellationToken cancellationToken) => RunAsync(
        async rows =>
        {
            var fields = new BsonDocument { { "tenant", tenant }, { "name", type.Name }, { "sign", (int)type.Sign } };
            if (type.Schema is { } schema)
            {
                fields["schema"] = new BsonBinaryData(schema.ToArray());
            }

            var result = await rows.Collection(MongoRevenueSchema.Types).ReplaceOneAsync(
                new BsonDocument("_id", TypeId(tenant, type.Name)), fields, new ReplaceOptions { IsUpsert = true });
            return result.UpsertedId is not null;
        },
        cancellationToken);

    public Task<bool> UnregisterAsync(string tenant, string name, CancellationToken cancellationToken) => RunAsync(
        async rows => await rows.DeleteAsync(MongoRevenueSchema.Types, new BsonDocument("_id", TypeId(tenant, name))) == 1,
        cancellationToken);

    public Task<IReadOnlyList<RevenueEventType>> ListTypesAsync(string tenant, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<RevenueEventType>>(
            async rows => (await rows.FindAsync(
                MongoRevenueSchema.Types, new BsonDocument("tenant", tenant), new MongoFind(Sort: new BsonDocument("name", 1))))
                .ConvertAll(row => new RevenueEventType(
                    row["name"].AsString, (RevenueSign)row["sign"].AsInt32,
                    row.TryGetValue("schema", out var schema) ? (ReadOnlyMemory<byte>?)schema.AsBsonBinaryData.Bytes : null)),
            cancellationToken);

    public Task<long> FindPurgedAsync(CancellationToken cancellationToken) => RunAsync(MongoRevenuePurge.ReadAsync, cancellationToken);

    public async Task<PurgeStep> PurgeAsync(
        long before, long forgetBefore, string? after, int limit, CancellationToken cancellationToken)
    {
        var (end, users) = await OnRunnerAsync(
            async rows => (await MongoRevenuePurge.RaiseAsync(rows, before), await FindUsersAsync(rows, after, MaxUsersPerStep)),
            cancellationToken);
        var (deleted, done) = (0, after ?? Convert.ToHexStringLower(new byte[MongoRevenueKeys.ScopeBytes]));
        foreach (var user in users)
        {
            var (key, left) = (user["_id"].AsBsonBinaryData.Bytes, limit - deleted);
            if (left <= 0)
            {
                return new PurgeStep(deleted, done);
            }

            var step = await OnRunnerAsync(rows => MongoRevenuePurge.RunAsync(rows, key, end, left), cancellationToken);
            deleted += step;
            if (step < left)
            {
                await OnRunnerAsync(rows => DeleteSumsAsync(rows, key, end), cancellationToken);
                done = Convert.ToHexStringLower(key);
            }
        }

        if (users.Count == MaxUsersPerStep || deleted >= limit)
        {
            return new PurgeStep(deleted, done);
        }

        foreach (var tenant in await OnRunnerAsync(FindTenantsAsync, cancellationToken))
        {
            await OnRunnerAsync(rows => DeleteSumsAsync(rows, MongoRevenueKeys.All(tenant), end), cancellationToken);
        }

        var forgotten = await OnRunnerAsync(
            rows => MongoRevenuePurge.ForgetAsync(rows, Math.Min(forgetBefore, end), limit), cancellationToken);
        return new PurgeStep(deleted, forgotten == limit ? done : null);

        static async Task<bool> DeleteSumsAsync(MongoRows rows, byte[] scope, long end)
        {
            await MongoRevenuePurge.DeleteSumsAsync(rows, scope, end);
            return true;
        }
    }

    public async Task<DriftReport> RebuildAsync(string? after, int limit, bool repair, CancellationToken cancellationToken)
    {
        if (after?.StartsWith(OfDay) == true)
        {
            return await RebuildDaysAsync(after[1..], limit, repair, cancellationToken);
        }

        var users = await OnRunnerAsync(rows => FindUsersAsync(rows, after, limit), cancellationToken);
        var drifted = new List<string>();
        foreach (var user in users)
        {
            var key = user["_id"].AsBsonBinaryData.Bytes;
            if (await RunAsync(rows => MongoRevenueComparison.RunAsync(rows, key, null, repair), cancellationToken) is { } difference)
            {
                drifted.Add($"Balances and sums of the user '{user["name"].AsString}' {difference}.");
            }
        }

        return new DriftReport(
            users.Count, drifted,
            users.Count == limit ? Convert.ToHexStringLower(users[^1]["_id"].AsBsonBinaryData.Bytes) : $"{OfDay}{Write(long.MinValue)} ");
    }

    private async Task<DriftReport> RebuildDaysAsync(string after, int limit, bool repair, CancellationToken cancellationToken)
    {
        var parts = after.Split(' ', 2);
        var (last, current) = (long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
        var (compared, drifted) = (0, new List<string>());
        foreach (var tenant in await OnRunnerAsync(FindTenantsAsync, cancellationToken))
        {
            var order = string.CompareOrdinal(tenant, current);
            if (order < 0)
            {
                continue;
            }

            var all = MongoRevenueKeys.All(tenant);
            foreach (var day in (await OnRunnerAsync(rows => MongoRevenueErasure.ReadDaysAsync(rows, all), cancellationToken))
                .Where(day => order > 0 || day > last))
            {
                if (await RunAsync(rows => MongoRevenueComparison.RunAsync(rows, all, day, repair), cancellationToken) is { } difference)
                {
                    drifted.Add(FormattableString.Invariant(
                        $"Sums of all users of the tenant '{tenant}' on {DateTimeOffset.UnixEpoch.AddDays(day):yyyy-MM-dd} {difference}."));
                }

                if (++compared == limit)
                {
                    return new DriftReport(compared, drifted, $"{OfDay}{Write(day)} {tenant}");
                }
            }
        }

        return new DriftReport(compared, drifted, null);
    }

    private Task<T> OnRunnerAsync<T>(Func<MongoRows, Task<T>> work, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Runner, work, cancellationToken);

    private static Task<List<BsonDocument>> FindUsersAsync(MongoRows rows, string? after, int limit) => rows.FindAsync(
        MongoRevenueSchema.Users,
        new BsonDocument("_id", new BsonDocument("$gt", new BsonBinaryData(
            after is null ? new byte[MongoRevenueKeys.ScopeBytes] : Convert.FromHexString(after)))),
        new MongoFind(new BsonDocument("name", 1), ById, limit));

    /// <summary>All tenants that have users, in a fixed order.</summary>
    private static async Task<List<string>> FindTenantsAsync(MongoRows rows)
    {
        using var cursor = await rows.Collection(MongoRevenueSchema.Users).DistinctAsync<string>("tenant", new BsonDocument());
        var found = await cursor.ToListAsync();
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static BsonDocument TypeId(string tenant, string name) => new() { { "t", tenant }, { "n", name } };

    private static string Write(long number) => number.ToString(CultureInfo.InvariantCulture);
}
