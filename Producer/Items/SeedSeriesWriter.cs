using System.Buffers;
using Producer.Live;

namespace Producer.Items;

/// <summary>
/// Writes a series as the first item service did: unnamed server-sent events with data alone, without ids and comments, for pages of any
/// origin.
/// </summary>
internal sealed class SeedSeriesWriter(HttpContext context) : ILiveWriter
{
    private readonly System.IO.Pipelines.PipeWriter output = context.Response.BodyWriter;

    /// <summary>The request is aborted then.</summary>
    public CancellationToken Gone => CancellationToken.None;

    public ValueTask BeginAsync()
    {
        if (!context.Response.HasStarted)
        {
            context.Response.Headers.AccessControlAllowOrigin = "*";
            EventWriter.Begin(context);
        }

        return ValueTask.CompletedTask;
    }

    public void WriteSnapshot(IReadOnlyList<LiveValue> page, bool isLast, string? position)
    {
        foreach (var value in page)
        {
            WriteChange(value, position);
        }
    }

    public void WriteChange(LiveValue value, string? position)
    {
        output.Write("data: "u8);
        output.Write(value.Json.Span);
        output.Write("\n\n"u8);
    }

    public void WriteBeat(string? position)
    {
        // That service had none.
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken) => await output.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
