using System.CommandLine;
using Client.Connections;
using Client.Sending;
using Client.Slices;
using Client.Tailing;
using ClientLibrary.Revenue;
using Infrastructure.Revenue.Sqlite;
using Infrastructure.Storage.Sqlite;

namespace Client.Revenue;

/// <summary>The command line's part of revenue.</summary>
internal sealed class RevenueSlice : ClientSlice
{
    public override SliceCheck Check => RevenueCheck.Instance;

    public override EventFeed Feed { get; } = RevenueFeed.Create();

    public override IEnumerable<Command> CreateCommands(Shell shell) =>
        [new Command("revenue", "Reads revenue.") { ListRevenueCommand.Create(shell) }];

    public override Command CreateTail(TailCommand tail)
    {
        var user = new Option<string?>("--user") { Description = "A user's balances. Default: the sums of today of all users together." };
        return tail.Create(
            new Command("revenue", "Balances as they change.") { user },
            (connection, parsed, since, cancellationToken) =>
                new RevenueClient(connection).WatchAsync(parsed.GetValue(user), since, cancellationToken));
    }
}
