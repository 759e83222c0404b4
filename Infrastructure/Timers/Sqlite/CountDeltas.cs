using System.Runtime.InteropServices;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Timers.Sqlite;

/// <summary>A transaction's changes to the counts per tenant and state, written once at its end: counters instead of counting.</summary>
internal sealed class CountDeltas
{
    private readonly Dictionary<long, long[]> byTenant = [];

    public void Add(long tenant, int stateCode, long count)
    {
        ref var deltas = ref CollectionsMarshal.GetValueRefOrAddDefault(byTenant, tenant, out _);
        deltas ??= new long[TimerSchema.Expired + 1];
        deltas[stateCode == TimerSchema.Far ? TimerSchema.Near : stateCode] += count;
    }

    public void Write(SqliteConnection connection)
    {
        foreach (var (tenant, deltas) in byTenant)
        {
            for (var state = 0; state < deltas.Length; state++)
            {
                if (deltas[state] != 0)
                {
                    connection.Statement(
                        "INSERT INTO counts (tenant, state, timers) VALUES (?1, ?2, ?3) "
                        + "ON CONFLICT (tenant, state) DO UPDATE SET timers = timers + ?3")
                        .Bind(1, tenant).Bind(2, state).Bind(3, deltas[state]).Run();
                }
            }
        }
    }
}
