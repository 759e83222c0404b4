using Contracts.Common;
using Contracts.Items;
using Contracts.Messaging;
using Infrastructure.Items.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Items.Sqlite;

/// <summary>Messages that are stored in one transaction: each id once, with the counts of what is new.</summary>
/// <param name="connection">The writer's.</param>
internal sealed class ItemBatch(SqliteConnection connection) : ISqliteBatch
{
    private readonly SqliteArrivals arrivals = new(connection);
    private readonly bool anyErased = IsThere(connection.Statement("SELECT 1 FROM erased LIMIT 1"));
    private readonly long purgedBefore = ItemPurge.Read(connection).Before;
    private readonly ItemSums sums = new(connection);

    private bool AnyPurged => purgedBefore != long.MinValue;

    /// <returns>Whether it is new.</returns>
    public bool Add(Received<UserCreated> received)
    {
        var message = received.Message;
        if (IsErased(received.Tenant, message.User))
        {
            return false;
        }

        arrivals.Note(received, message.Stamp);
        return Insert(
            "INSERT INTO users (tenant, id, at, log, offset) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            (received.Tenant, message.User, message.At, received.Source), static statement => statement, ItemStatistic.Users);
    }

    /// <inheritdoc cref="Add(Received{UserCreated})"/>
    public bool Add(Received<BaseItemCreated> received)
    {
        var message = received.Message;
        arrivals.Note(received, message.Stamp);
        return Insert(
            "INSERT INTO base_items (tenant, id, at, log, offset, description) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            (received.Tenant, message.BaseItem, message.At, received.Source), statement => statement.Bind(6, message.Description), null);
    }

    /// <inheritdoc cref="Add(Received{UserCreated})"/>
    public bool Add(Received<ItemCreated> received)
    {
        var message = received.Message;
        arrivals.Note(received, message.Stamp);
        return Insert(
            "INSERT INTO items (tenant, id, at, log, offset, base) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            (received.Tenant, message.Item, message.At, received.Source), statement => statement.Bind(6, message.BaseItem),
            ItemStatistic.Items);
    }

    /// <inheritdoc cref="Add(Received{UserCreated})"/>
    public bool Add(Received<ItemTransferred> received)
    {
        var message = received.Message;
        var tenant = arrivals.TenantOf(received.Tenant);
        if (message.At < purgedBefore || (AnyPurged && ItemPurge.IsClaimed(connection, tenant, message.Item, message.EventId)))
        {
            return false;
        }

        arrivals.Note(received, message.Stamp);
        var isNew = Insert(
            """
            INSERT INTO transfers (tenant, item, at, log, offset, event, recipient) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT DO NOTHING
            """,
            (received.Tenant, message.Item, message.At, received.Source),
            statement => statement.Bind(6, message.EventId).Bind(7, IsErased(received.Tenant, message.To) ? Guid.Empty : message.To),
            ItemStatistic.Transfers);
        if (isNew && AnyPurged)
        {
            ItemPurge.NoteReplaced(connection, tenant, message.Item, purgedBefore);
        }

        return isNew;
    }

    /// <summary>Writes the counts, once for each that something has changed of.</summary>
    public void Complete() => sums.Complete();

    private static bool IsThere(SqliteStatement row)
    {
        var found = row.Step();
        row.Reset();
        return found;
    }

    private bool IsErased(string tenant, Guid user) => anyErased && IsThere(
        connection.Statement("SELECT 1 FROM erased WHERE tenant = ?1 AND user = ?2")
            .Bind(1, arrivals.TenantOf(tenant)).Bind(2, ErasedUser.HashOf(user)));

    /// <returns>Whether it is new.</returns>
    private bool Insert(
        string sql, (string Tenant, Guid Id, long At, LogPosition Source) row, Func<SqliteStatement, SqliteStatement> bind,
        ItemStatistic? counted)
    {
        var tenant = arrivals.TenantOf(row.Tenant);
        var statement = connection.Statement(sql).Bind(1, tenant).Bind(2, row.Id).Bind(3, row.At)
            .Bind(4, arrivals.LogOf(row.Source)).Bind(5, row.Source.Offset);
        var isNew = bind(statement).Run() == 1;
        if (isNew && counted is { } what)
        {
            sums.Add(tenant, what, row.At);
        }

        return isNew;
    }
}
