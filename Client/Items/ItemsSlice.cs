using System.CommandLine;
using Client.Sending;
using Client.Slices;
using Client.Tailing;
using ClientLibrary.Items;
using Infrastructure.Items.Sqlite;
using Infrastructure.Storage.Sqlite;

namespace Client.Items;

/// <summary>The command line's part of items.</summary>
internal sealed class ItemsSlice : ClientSlice
{
    public override SliceCheck Check => ItemCheck.Instance;

    public override EventFeed Feed { get; } = ItemFeed.Create();

    public override Command CreateTail(TailCommand tail)
    {
        var what = new Argument<string>("what") { Description = "items, transfers or users." };
        var unit = new Argument<string>("unit") { Description = "millisecond, second, minute, hour, day, week, month or year." };
        return tail.Create(
            new Command("items", "How many there were, unit by unit, as it changes.") { what, unit },
            (connection, parsed, since, cancellationToken) => new ItemClient(connection).WatchAsync(
                parsed.GetRequiredValue(what), parsed.GetRequiredValue(unit), since, cancellationToken));
    }
}
