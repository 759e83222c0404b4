using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;

namespace Tests.Support;

/// <summary>One server-sent event, as a browser's EventSource would see it; comments are events of their own here.</summary>
public sealed record ServerEvent(string Name, string? Id, string Data)
{
    public const string Comment = "(comment)";

    public JsonElement Json => JsonDocument.Parse(Data).RootElement;
}

/// <summary>Reads server-sent events until it is disposed of.</summary>
public sealed class ServerEvents : IAsyncDisposable
{
    private readonly Channel<ServerEvent> events = Channel.CreateUnbounded<ServerEvent>();
    private readonly CancellationTokenSource end = new();
    private readonly Action close;
    private readonly Task reading;

    public ServerEvents(Stream stream, Action close)
    {
        this.close = close;
        reading = ReadAsync(stream);
    }

    public static async Task<ServerEvents> OpenAsync(HttpClient http, string path, string? lastEventId = null, string? tenant = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (tenant is not null)
        {
            request.Headers.Add(HeaderTenant.Header, tenant);
        }

        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.That((int)answer.StatusCode, Is.EqualTo(200), path);
        Assert.That(answer.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/event-stream"));
        return new ServerEvents(await answer.Content.ReadAsStreamAsync(), answer.Dispose);
    }

    /// <summary>The next one, within 20 s.</summary>
    public async Task<ServerEvent> NextAsync()
    {
        await events.Reader.WaitToReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        return events.Reader.TryRead(out var next) ? next : throw new InvalidOperationException("The stream has ended.");
    }

    /// <summary>The next one that is what the test waits for, within 60 s; those before are dropped.</summary>
    public async Task<ServerEvent> NextAsync(Func<ServerEvent, bool> expected)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var dropped = new List<ServerEvent>();
        while (TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(60))
        {
            var next = await NextAsync();
            if (expected(next))
            {
                return next;
            }

            dropped.Add(next);
        }

        var told = dropped.Select(each => $"{each.Name} {each.Id} {each.Data}");
        throw new TimeoutException($"What the test waits for was not among these:\n{string.Join('\n', told)}");
    }

    /// <summary>After which pause a browser would connect again; null before the server has said so.</summary>
    public TimeSpan? Retry { get; private set; }

    /// <summary>Whether another one has come.</summary>
    public bool IsAnyWaiting => events.Reader.TryPeek(out _);

    /// <summary>Completes when the server has ended the stream.</summary>
    public Task Ended => reading;

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        close();
        await reading;
        end.Dispose();
    }

    private async Task ReadAsync(Stream stream)
    {
        try
        {
            using var reader = new StreamReader(stream);
            var (name, id, data) = ("message", (string?)null, string.Empty);
            while (await reader.ReadLineAsync(end.Token) is { } line)
            {
                if (line.Length == 0)
                {
                    events.Writer.TryWrite(new ServerEvent(name, id, data));
                    (name, id, data) = ("message", null, string.Empty);
                    continue;
                }

                var colon = line.IndexOf(':', StringComparison.Ordinal);
                Assert.That(colon, Is.GreaterThanOrEqualTo(0), line);
                var value = line[(colon + 1)..].TrimStart(' ');
                switch (line[..colon])
                {
                    case "": name = ServerEvent.Comment; break;
                    case "event": name = value; break;
                    case "id": id = value; break;
                    case "data": data += value; break;
                    case "retry": Retry = TimeSpan.FromMilliseconds(int.Parse(value, CultureInfo.InvariantCulture)); break;
                    default: Assert.Fail(line); break;
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpRequestException or ObjectDisposedException)
        {
            // It has ended.
        }
        finally
        {
            events.Writer.TryComplete();
        }
    }
}
