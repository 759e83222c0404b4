using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Bench;

/// <summary>
/// The same events into PostgreSQL through its own driver: prepared multi-row statements, a thousand rows each, over four connections, each
/// statement a synced transaction.
/// </summary>
/// <remarks>
/// BENCH_POSTGRES is the connection string of a server whose database may be used; without it the comparison is left out.
/// </remarks>
internal sealed class PostgresInserts : IAsyncDisposable
{
    private const int Connections = 4;
    private const int Rows = 1_000;

    private readonly PostgresTable table;
    private readonly List<(NpgsqlConnection Connection, NpgsqlCommand Insert)> writers = [];
    private long next;

    private PostgresInserts(PostgresTable table) => this.table = table;

    public static string? Address => Environment.GetEnvironmentVariable("BENCH_POSTGRES");

    public static async Task<PostgresInserts> OpenAsync(string address, PostgresTable table)
    {
        var inserts = new PostgresInserts(table);
        for (var i = 0; i < Connections; i++)
        {
            var connection = new NpgsqlConnection(address);
            await connection.OpenAsync();
            if (i == 0)
            {
                await using var create = new NpgsqlCommand(table.Schema, connection);
                await create.ExecuteNonQueryAsync();
            }

            var insert = Prepare(connection, table);
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
                    table.Bind(new PostgresRow(writer.Insert.Parameters, i * table.Columns.Count), first + i);
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

    private static NpgsqlCommand Prepare(NpgsqlConnection connection, PostgresTable table)
    {
        var (insert, rows) = (new NpgsqlCommand { Connection = connection }, new List<string>());
        for (var i = 0; i < Rows; i++)
        {
            rows.Add($"({string.Join(',', table.Columns.Select(column =>
            {
                insert.Parameters.Add(column());
                return string.Create(CultureInfo.InvariantCulture, $"${insert.Parameters.Count}");
            }))})");
        }

        insert.CommandText = table.Insert.Replace("{rows}", string.Join(',', rows), StringComparison.Ordinal);
        return insert;
    }
}

/// <summary>What is stored, and how.</summary>
/// <param name="Schema">Makes the tables anew.</param>
/// <param name="Insert">The statement, with {rows} for what comes after VALUES.</param>
/// <param name="Columns">Makes a parameter of each column of a row.</param>
/// <param name="Bind">Gives a row the values of its number.</param>
internal sealed record PostgresTable(
    string Schema, string Insert, IReadOnlyList<Func<NpgsqlParameter>> Columns, Action<PostgresRow, long> Bind)
{
    public static NpgsqlParameter Column<T>() => new NpgsqlParameter<T>();
}

/// <summary>The parameters of a row.</summary>
internal readonly record struct PostgresRow(NpgsqlParameterCollection Parameters, int First)
{
    public void Set<T>(int column, T value) => ((NpgsqlParameter<T>)Parameters[First + column]).TypedValue = value;
}
