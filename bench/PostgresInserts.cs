using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;

namespace Bench;

/// <summary>
/// The same readings into PostgreSQL through its own driver: prepared multi-row INSERT … ON CONFLICT DO NOTHING, a thousand rows a
/// statement, over four connections, each statement a synced transaction.
/// </summary>
/// <remarks>
/// BENCH_POSTGRES is the connection string of a server whose database may be used; without it the comparison is left out.
/// </remarks>
internal sealed class PostgresInserts : IAsyncDisposable
{
    private const int Connections = 4;
    private const int Rows = 1_000;

    private readonly List<(NpgsqlConnection Connection, NpgsqlCommand Insert)> writers = [];
    private long next;

    public static string? Address => Environment.GetEnvironmentVariable("BENCH_POSTGRES");

    public static async Task<PostgresInserts> OpenAsync(string address)
    {
        var inserts = new PostgresInserts();
        for (var i = 0; i < Connections; i++)
        {
            var connection = new NpgsqlConnection(address);
            await connection.OpenAsync();
            if (i == 0)
            {
                await using var create = new NpgsqlCommand(
                    "DROP TABLE IF EXISTS readings; CREATE TABLE readings (device bigint NOT NULL, at bigint NOT NULL, count "
                    + "bigint NOT NULL, "
                    + "PRIMARY KEY (device, at))", connection);
                await create.ExecuteNonQueryAsync();
            }

            var insert = Prepare(connection);
            await insert.PrepareAsync();
            inserts.writers.Add((connection, insert));
        }

        return inserts;
    }

    /// <summary>Inserts another <paramref name="count"/> rows.</summary>
    /// <returns>Rows per second.</returns>
    public async Task<double> MeasureAsync(int count)
    {
        var (watch, left) = (Stopwatch.StartNew(), count / Rows);
        await Task.WhenAll(writers.Select(writer => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var first = Interlocked.Add(ref next, Rows) - Rows;
                for (var i = 0; i < Rows; i++)
                {
                    var parameters = writer.Insert.Parameters;
                    ((NpgsqlParameter<long>)parameters[3 * i]).TypedValue = (first + i) % DevicesScenario.Devices;
                    ((NpgsqlParameter<long>)parameters[(3 * i) + 1]).TypedValue = (first + i) * 10_000;
                    ((NpgsqlParameter<long>)parameters[(3 * i) + 2]).TypedValue = (first + i) % 10;
                }

                await writer.Insert.ExecuteNonQueryAsync();
            }
        })));
        return count / watch.Elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (connection, insert) in writers)
        {
            await insert.DisposeAsync();
            await connection.DisposeAsync();
        }
    }

    private static NpgsqlCommand Prepare(NpgsqlConnection connection)
    {
        var text = new StringBuilder("INSERT INTO readings VALUES ");
        var insert = new NpgsqlCommand { Connection = connection };
        for (var i = 0; i < Rows; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}(${(3 * i) + 1},${(3 * i) + 2},${(3 * i) + 3})");
            for (var column = 0; column < 3; column++)
            {
                insert.Parameters.Add(new NpgsqlParameter<long>());
            }
        }

        insert.CommandText = text.Append(" ON CONFLICT DO NOTHING").ToString();
        return insert;
    }
}
