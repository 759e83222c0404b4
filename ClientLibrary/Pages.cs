using System.Runtime.CompilerServices;

namespace ClientLibrary;

/// <summary>Reads a listing to its end.</summary>
internal static class Pages
{
    /// <param name="read">Reads the page of a cursor, the first one for null.</param>
    /// <param name="first">Where to begin; null for the beginning.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<T> ReadAllAsync<T>(
        Func<string?, Task<Page<T>>> read, string? first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = first;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await read(cursor).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }
}
