using Contracts.Items;
using Infrastructure.Items.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Items.Sqlite;

/// <summary>Checks that counts are those of the rows, and that each row belongs to a tenant and a log.</summary>
public static class ItemCheck
{
    /// <summary>The check of items.db.</summary>
    public static SliceCheck Instance { get; } = new(ItemMessages.Topic, Find);

    private static IEnumerable<string> Find(SqliteConnection connection)
    {
        if (SqliteVersion.Read(connection) < ItemSchema.Version)
        {
            yield return "It has the tables of an earlier release: start the service of this one with it before it is checked.";
            yield break;
        }

        foreach (var tenant in SqliteTenants.List(connection))
        {
            foreach (var what in Enum.GetValues<ItemStatistic>())
            {
                var last = ItemTime.BeforeFirstDay;
                while (ItemDay.FindNext(connection, tenant, what, last) is { } day)
                {
                    if (ItemDay.Compare(connection, tenant, what, day).Difference is { } difference)
                    {
                        yield return difference;
                    }

                    last = day;
                }
            }
        }

        var strays = connection.Statement(
            """
            SELECT kind, count(*) FROM (
                SELECT 'users' AS kind, tenant, log FROM users UNION ALL SELECT 'base items', tenant, log FROM base_items
                UNION ALL SELECT 'items', tenant, log FROM items UNION ALL SELECT 'transfers', tenant, log FROM transfers
                UNION ALL SELECT 'purged transfers', tenant, log FROM claims)
            WHERE log NOT IN (SELECT id FROM logs) OR (tenant <> 0 AND tenant NOT IN (SELECT id FROM tenants))
            GROUP BY kind
            """);
        while (strays.Step())
        {
            yield return $"{strays.Int64(1)} {strays.Text(0)} belong to no tenant or no log that is there.";
        }

        strays.Reset();
    }
}
