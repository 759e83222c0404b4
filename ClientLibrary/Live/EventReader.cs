using System.Text;

namespace ClientLibrary.Live;

/// <summary>
/// Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html, "Interpreting an event stream").
/// </summary>
internal sealed class EventReader(Stream stream, TimeProvider time, TimeSpan maxSilence) : IDisposable
{
    private readonly StreamReader lines = new(stream, Encoding.UTF8);

    /// <summary>The position of the last event, comments included; null before there is one.</summary>
    public string? LastEventId { get; set; }

    /// <summary>Whether anything has come, if only a comment.</summary>
    public bool HasRead { get; private set; }

    /// <summary>The next event.</summary>
    /// <returns>Null when the stream has ended, was cut, or was silent for too long.</returns>
    public async Task<(string Name, string? Id, string Data)?> ReadAsync(CancellationToken cancellationToken)
    {
        var (name, id) = ("message", (string?)null);
        StringBuilder? data = null;
        while (await ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.Length == 0)
            {
                // Only a block that came as a whole moves the position: one that was cut is sent again.
                LastEventId = id ?? LastEventId;
                HasRead = true;
                if (data is not null)
                {
                    return (name, id, data.ToString());
                }

                (name, id) = ("message", null);
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = colon < 0 ? string.Empty : line[(colon + 1)..];
            value = value.StartsWith(' ') ? value[1..] : value;
            switch (colon < 0 ? line : line[..colon])
            {
                case "event": name = value; break;
                case "id" when !value.Contains('\0', StringComparison.Ordinal): id = value; break;
                case "data": data = data is null ? new StringBuilder(value) : data.Append('\n').Append(value); break;
                default: break; // a comment, or what later versions may send
            }
        }

        return null;
    }

    public void Dispose() => lines.Dispose();

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(maxSilence, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await lines.ReadLineAsync(stop.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or HttpRequestException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
