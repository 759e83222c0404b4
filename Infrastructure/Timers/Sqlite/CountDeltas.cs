using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Timers.Sqlite;

/// <summary>What a transaction does to the counts per state, written once at its end: counters instead of counting.</summary>
internal sealed class CountDeltas
{
    private readonly long[] deltas = new long[TimerSchema.Cancelled + 1];

    public void Add(int stateCode, long count) => deltas[stateCode == TimerSchema.Far ? TimerSchema.Near : stateCode] += count;

    public void Write(SqliteConnection connection)
    {
        for (var state = 0; state < deltas.Length; state++)
        {
            if (deltas[state] != 0)
            {
                connection.Statement(
                    "INSERT INTO counts (state, timers) VALUES (?1, ?2) ON CONFLICT (state) DO UPDATE SET timers = timers + ?2")
                    .Bind(1, state).Bind(2, deltas[state]).Run();
            }
        }
    }
}
