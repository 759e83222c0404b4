using Client.Connections;
using ClientLibrary;

namespace Client.Printing;

/// <summary>Prints a listing, one page or all.</summary>
internal static class Paging
{
    /// <summary>Prints pages: as tables, or as the service answers them, one a line.</summary>
    /// <param name="shell">Where to write to.</param>
    /// <param name="asJson">For programs.</param>
    /// <param name="isAll">Whether to go on to the end.</param>
    /// <param name="first">The cursor to begin at; null for the beginning.</param>
    /// <param name="read">Reads the page of a cursor.</param>
    /// <param name="headings">Of the table.</param>
    /// <param name="cellsOf">One for each heading.</param>
    public static async Task<int> WriteAsync<T>(
        Shell shell, bool asJson, bool isAll, string? first, Func<string?, Task<Page<T>>> read, string[] headings,
        Func<T, string?[]> cellsOf)
    {
        var cursor = first;
        do
        {
            var page = await read(cursor);
            cursor = page.Next;
            if (asJson)
            {
                await Json.WriteAsync(shell.Output, page);
                continue;
            }

            var table = new Table(headings);
            foreach (var item in page.Items)
            {
                table.Add(cellsOf(item));
            }

            await table.WriteAsync(shell.Output);
        }
        while (isAll && cursor is not null);

        if (!asJson && cursor is not null)
        {
            await shell.Errors.WriteLineAsync($"There are more: --cursor {cursor}, or --all.");
        }

        return ExitCodes.Done;
    }
}
