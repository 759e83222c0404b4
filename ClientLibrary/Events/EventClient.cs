using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ClientLibrary.Events;

/// <summary>Sends events of any slice, many in one request.</summary>
/// <param name="connection">The service.</param>
public sealed class EventClient(ServiceConnection connection)
{
    /// <summary>Maximum number of events in a request.</summary>
    public const int MaxEvents = 10_000;

    /// <summary>Maximum size of a request, in bytes.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    private const int EventsOfRequest = 1_000;
    private const int BytesOfRequest = 1024 * 1024;

    /// <summary>
    /// Sends JSON Lines in one request, and repeats it while the service cannot be reached or asks for a pause. Each line has to have an id
    /// of its own, or to be recognised by its content: otherwise one that is repeated counts twice.
    /// </summary>
    /// <param name="path">The route behind <c>/api/v1/</c>, such as <c>devices/readings</c>.</param>
    /// <param name="lines">1 to 10,000 JSON objects, one a line, at most 10 MB.</param>
    /// <param name="cancellationToken">Gives up; whether the events were accepted is unknown then.</param>
    /// <exception cref="ServiceException">The service could not be reached, or refused the request as a whole.</exception>
    public Task<EventBatch> SendLinesAsync(string path, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken = default) =>
        SendLinesAsync(path, lines, null, cancellationToken);

    /// <summary>Sends events in as many requests as they need; each request has a key, so that what is repeated counts once.</summary>
    internal async Task<EventBatch> SendAsync<T>(
        string path, IEnumerable<T> events, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var results = new List<EventResult>();
        var (accepted, duplicates, refused) = (0, 0, 0);
        var lines = new ArrayBufferWriter<byte>();
        var waiting = 0;
        foreach (var each in events)
        {
            lines.Write(JsonSerializer.SerializeToUtf8Bytes(each, type));
            lines.Write("\n"u8);
            if (++waiting == EventsOfRequest || lines.WrittenCount >= BytesOfRequest)
            {
                await SendWaitingAsync().ConfigureAwait(false);
            }
        }

        await SendWaitingAsync().ConfigureAwait(false);
        return new EventBatch(accepted, duplicates, refused, results);

        async Task SendWaitingAsync()
        {
            if (waiting == 0)
            {
                return;
            }

            var key = Guid.CreateVersion7(connection.Time.GetUtcNow()).ToString("D");
            var batch = await SendLinesAsync(path, lines.WrittenMemory, key, cancellationToken).ConfigureAwait(false);
            var before = results.Count;
            results.AddRange(batch.Results.Select(result => result with { Index = before + result.Index }));
            (accepted, duplicates, refused) = (accepted + batch.Accepted, duplicates + batch.Duplicates, refused + batch.Refused);
            lines = new ArrayBufferWriter<byte>();
            waiting = 0;
        }
    }

    private Task<EventBatch> SendLinesAsync(
        string path, ReadOnlyMemory<byte> lines, string? idempotencyKey, CancellationToken cancellationToken) => connection.SendAsync(
        HttpMethod.Post,
        path,
        () => new ReadOnlyMemoryContent(lines) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } },
        EventsJson.Default.EventBatch,
        isRepeatable: true,
        idempotencyKey,
        cancellationToken);
}
