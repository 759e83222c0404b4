using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Contracts.Storage;
using Infrastructure.Access;

namespace Producer.Http;

/// <summary>Tells the audit, as hashes, what a request that it writes down found and left.</summary>
internal static class Audited
{
    /// <summary>Notes both.</summary>
    /// <param name="context">The request.</param>
    /// <param name="before">What was there before, as it is shown; null for nothing.</param>
    /// <param name="after">What is there now.</param>
    /// <param name="json">How it is shown.</param>
    public static void Note<T>(HttpContext context, T? before, T? after, JsonTypeInfo<T> json)
        where T : class
    {
        if (AuditNotes.Of(context) is { } notes)
        {
            (notes.Before, notes.After) = (HashOf(before, json), HashOf(after, json));
        }
    }

    /// <summary>Notes what was there before. It is read only for the audit, and a request does not fail for that.</summary>
    /// <param name="context">The request.</param>
    /// <param name="readAsync">Reads it; null for nothing.</param>
    /// <param name="json">How it is shown.</param>
    public static async Task NoteBeforeAsync<T>(HttpContext context, Func<Task<T?>> readAsync, JsonTypeInfo<T> json)
        where T : class
    {
        if (AuditNotes.Of(context) is not { } notes)
        {
            return;
        }

        try
        {
            notes.Before = HashOf(await readAsync(), json);
        }
        catch (StoreUnavailableException)
        {
            // It is not known then, as the entry says by its absence.
        }
    }

    /// <summary>Notes what a request adds, which replaces nothing.</summary>
    /// <param name="context">The request.</param>
    /// <param name="added">All of it, in its order.</param>
    /// <param name="json">How it is stored.</param>
    public static void NoteAdded<T>(HttpContext context, IEnumerable<T> added, JsonTypeInfo<T> json)
        where T : class
    {
        if (AuditNotes.Of(context) is { } notes)
        {
            notes.After = AuditNotes.HashAll(added.Select(each => JsonSerializer.SerializeToUtf8Bytes(each, json)));
        }
    }

    private static string? HashOf<T>(T? shown, JsonTypeInfo<T> json)
        where T : class => shown is null ? null : AuditNotes.Hash(JsonSerializer.SerializeToUtf8Bytes(shown, json));
}
