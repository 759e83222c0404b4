using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Contracts.Common;
using Contracts.Revenue;

namespace Infrastructure.Revenue.Archive;

/// <summary>An entry as a line of the archive: what it takes to send it again, and when and from where it came.</summary>
public static class ArchiveLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one, with the end of the line.</summary>
    /// <param name="tenant">Whose; named if it is not the default one.</param>
    /// <param name="user">The user's id.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="output">Where to.</param>
    public static void Write(string tenant, string user, LedgerEntry entry, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(output);
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            WriteText(json, "tenant", tenant == Tenant.Default ? null : tenant);
            json.WriteString("user", user);
            json.WriteString("eventId", entry.EventId);
            json.WriteString("timestamp", ShortInstant.ToString(TickTime.ToInstant(entry.At)));
            if (entry.Original is { } original)
            {
                json.WriteString("original", original);
                json.WriteString("delta", entry.Effect.ToString());
                WriteText(json, "reason", entry.Reason);
            }
            else
            {
                // What the name meant: it may not be registered any more.
                var isSubtracted = entry.Effect.Units < 0;
                json.WriteString("name", entry.Name);
                json.WriteString("sign", isSubtracted ? "subtract" : "add");
                json.WriteString("value", (isSubtracted ? -entry.Effect : entry.Effect).ToString());
            }

            json.WriteString("currency", entry.Currency);
            json.WriteString("receivedAt", ShortInstant.ToString(entry.ReceivedAt));
            WriteText(json, "address", entry.Address);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    /// <summary>Tenant, user and id of a line.</summary>
    public static (string Tenant, string User, string EventId) ReadKey(ReadOnlySpan<byte> line)
    {
        var json = JsonElement.Parse(line);
        return (json.TryGetProperty("tenant", out var tenant) ? tenant.GetString()! : Tenant.Default,
            json.GetProperty("user").GetString()!, json.GetProperty("eventId").GetString()!);
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }
}
