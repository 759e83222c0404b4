using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary.Revenue;

namespace Client.Revenue;

/// <summary><c>timers revenue list</c>: a user's balances and ledger.</summary>
internal static class ListRevenueCommand
{
    private const int MaxLimit = 1_000;

    public static Command Create(Shell shell)
    {
        var user = new Argument<string>("user") { Description = "The user's id." };
        var from = Inputs.Instant("--from", "Only from this instant on.");
        var to = Inputs.Instant("--to", "Only to before this instant.");
        var latestFirst = new Option<bool>("--latest-first") { Description = "The latest entry first." };
        var limit = Inputs.Whole("--limit", "Size of a page. Default: 50.", 1, MaxLimit);
        var cursor = new Option<string?>("--cursor") { Description = "The cursor that the page before ended with." };
        var all = new Option<bool>("--all") { Description = "All pages." };
        var json = Json.Option();
        return new Command("list", "Lists a user's balances and the entries of the ledger, in time order.")
        {
            user, from, to, latestFirst, limit, cursor, all, json,
        }.Calls(shell, retriesOf: null, async (parsed, connection, cancellationToken) =>
        {
            var (revenue, id) = (new RevenueClient(connection), parsed.GetRequiredValue(user));
            var query = new LedgerQuery
            {
                From = parsed.GetValue(from),
                To = parsed.GetValue(to),
                LatestFirst = parsed.GetValue(latestFirst),
                Limit = parsed.GetValue(limit),
            };
            if (!parsed.GetValue(json))
            {
                await WriteBalancesAsync(shell.Output, await revenue.GetUserAsync(id, cancellationToken));
            }

            return await Paging.WriteAsync(
                shell,
                parsed.GetValue(json),
                parsed.GetValue(all),
                parsed.GetValue(cursor),
                next => revenue.ListAsync(id, query with { Cursor = next }, cancellationToken),
                ["TIMESTAMP", "AMOUNT", "CURRENCY", "NAME", "EVENT ID", "NOTE"],
                entry =>
                [
                    Printable.Instant(entry.Timestamp), entry.Amount, entry.Currency, entry.Name ?? "(adjustment)", entry.EventId,
                    entry.Original is { } original ? $"of {original}. {entry.Reason}".TrimEnd() : string.Empty,
                ]);
        });
    }

    private static async Task WriteBalancesAsync(TextWriter output, RevenueUser user)
    {
        foreach (var balance in user.Balances)
        {
            await output.WriteLineAsync(
                $"{Printable.Text(user.Id)}: {balance.Total} {balance.Currency} of {Printable.Number(balance.Events)} entries");
        }

        await output.WriteLineAsync();
    }
}
