namespace Client.Printing;

/// <summary>A table for people: columns as wide as what stands in them.</summary>
/// <param name="headings">One for each column.</param>
internal sealed class Table(params string[] headings)
{
    private const string Gap = "  ";

    private readonly List<string[]> rows = [headings];

    /// <summary>Adds a row.</summary>
    /// <param name="cells">One for each column.</param>
    public void Add(params string?[] cells) => rows.Add([.. cells.Select(Printable.Text)]);

    public async Task WriteAsync(TextWriter output)
    {
        var widths = headings.Index().Select(column => rows.Max(row => row[column.Index].Length)).ToArray();
        foreach (var row in rows)
        {
            await output.WriteLineAsync(string.Join(Gap, row.Zip(widths, (cell, width) => cell.PadRight(width))).TrimEnd());
        }
    }
}
