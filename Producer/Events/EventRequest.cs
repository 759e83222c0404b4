using System.Buffers;
using Producer.Http;

namespace Producer.Events;

/// <summary>
/// The events of a request: one JSON object, an array, JSON lines, or CloudEvents in any of their modes. Its bytes are kept until the
/// request
/// ends.
/// </summary>
internal sealed class EventRequest : IDisposable
{
    private const string Expected = $"application/json, {BatchBody.Ndjson}, {CloudEvents.Structured} or {CloudEvents.Batch}";

    private readonly byte[] buffer;

    private EventRequest(byte[] buffer) => this.buffer = buffer;

    /// <summary>In the order of the request; empty if the whole is wrong.</summary>
    public IReadOnlyList<EventItem> Items { get; private set; } = [];

    /// <summary>Whether there is one event by itself, which is answered by itself.</summary>
    public bool IsSingle { get; private set; }

    /// <summary>Reads it; what is wrong with the whole is in <paramref name="errors"/>.</summary>
    /// <param name="context">The HTTP context of the request.</param>
    /// <param name="things">What the events are called in errors.</param>
    /// <param name="errors">What is wrong with the whole.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    /// <returns>Null for a content type that is not known.</returns>
    public static async Task<EventRequest?> ReadAsync(
        HttpContext context, string things, FieldErrors errors, CancellationToken cancellationToken)
    {
        var http = context.Request;
        var isWrapped = CloudEvents.IsStructured(http) || CloudEvents.IsBatch(http);
        if (!isWrapped && !BatchBody.IsLines(http) && !JsonBody.IsAccepted(http))
        {
            return null;
        }

        var body = await JsonBody.ReadAsync(http, cancellationToken);
        try
        {
            // In one piece, so that items are slices of it.
            var request = new EventRequest(ArrayPool<byte>.Shared.Rent((int)body.Length));
            context.Response.RegisterForDispose(request);
            body.CopyTo(request.buffer);
            request.Cut(http, request.buffer.AsMemory(0, (int)body.Length), things, errors);
            return request;
        }
        finally
        {
            http.BodyReader.AdvanceTo(body.End);
        }
    }

    /// <summary>The answer to a content type that is not known.</summary>
    public static IResult Unsupported() => Problems.UnsupportedMediaType(Expected);

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    private void Cut(HttpRequest http, ReadOnlyMemory<byte> body, string things, FieldErrors errors)
    {
        var room = new ErrorRoom();
        if (CloudEvents.IsStructured(http))
        {
            IsSingle = true;
            Items = [CloudEvents.Unwrap(body, room)];
        }
        else if (CloudEvents.IsBinary(http))
        {
            IsSingle = true;
            var own = new FieldErrors(room);
            Items = [new EventItem(body, own) { Envelope = CloudEvents.FromHeaders(http, own) }];
        }
        else if (CloudEvents.IsBatch(http))
        {
            // "The batch MAY be empty" (HTTP protocol binding, 3.3.2), and so may an array: a client has no need to ask itself first.
            Items = Slice(
                BatchBody.CutArray(new ReadOnlySequence<byte>(body), things, errors, minItems: 0), json => CloudEvents.Unwrap(json, room));
        }
        else if (BatchBody.IsLines(http))
        {
            Items = Slice(BatchBody.CutLines(new ReadOnlySequence<byte>(body), things, errors), Plain);
        }
        else if (body.Span.TrimStart(" \t\r\n"u8).StartsWith("["u8))
        {
            Items = Slice(BatchBody.CutArray(new ReadOnlySequence<byte>(body), things, errors, minItems: 0), Plain);
        }
        else
        {
            IsSingle = true;
            Items = [Plain(body)];
        }

        EventItem Plain(ReadOnlyMemory<byte> json) => new(json, new FieldErrors(room));

        EventItem[] Slice(List<(long Start, long Length)>? cuts, Func<ReadOnlyMemory<byte>, EventItem> read) =>
            cuts is null ? [] : [.. cuts.Select(cut => read(body.Slice((int)cut.Start, (int)cut.Length)))];
    }
}
