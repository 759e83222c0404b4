using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ClientLibrary.Live;

/// <summary>Watches live streams of any slice.</summary>
/// <param name="connection">The service.</param>
public sealed class LiveClient(ServiceConnection connection)
{
    /// <summary>The service sends something every 15 s, so a stream that is silent for so long has been cut.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(45);

    /// <summary>
    /// The events of a stream. When the connection is lost it connects again, as long as the connection's <see cref="RetryRules"/> allow
    /// after each loss, and goes on where it was: what was missed follows, or a new snapshot.
    /// </summary>
    /// <param name="path">The route behind <c>/api/v1/</c>, with its query, such as <c>devices/readings/stream</c>.</param>
    /// <param name="lastEventId">The position to go on from; null to begin with a snapshot.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ServiceException">The service refused it, or could not be reached for too long.</exception>
    public async IAsyncEnumerable<LiveEvent> WatchAsync(
        string path, string? lastEventId = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var pauses = new Backoff(connection.Options);
        while (true)
        {
            ServiceException? failure = null;
            HttpResponseMessage? answer = null;
            try
            {
                answer = await OpenAsync(path, lastEventId, cancellationToken).ConfigureAwait(false);
            }
            catch (ServiceException error) when (error.IsTransient)
            {
                failure = error;
            }

            if (answer is not null)
            {
                using (answer)
                {
                    var stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
                    using var reader = new EventReader(stream, connection.Time, MaxSilence) { LastEventId = lastEventId };
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } next)
                    {
                        using var data = JsonDocument.Parse(next.Data);
                        yield return new LiveEvent(next.Name, next.Id, data.RootElement.Clone());
                    }

                    lastEventId = reader.LastEventId;
                    if (reader.HasRead)
                    {
                        // It was a connection, if a quiet one: the time to try again begins now.
                        pauses.Reset();
                    }
                }

                failure = new ServiceUnreachableException(connection.Address, "the stream has ended", null);
            }

            if (!await pauses.WaitAsync(failure!, cancellationToken).ConfigureAwait(false))
            {
                throw failure!;
            }
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(string path, string? lastEventId, CancellationToken cancellationToken)
    {
        using var request = connection.Create(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return await connection.OpenAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
