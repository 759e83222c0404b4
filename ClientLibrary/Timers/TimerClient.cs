using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using ClientLibrary.Live;

namespace ClientLibrary.Timers;

/// <summary>Creates, finds, watches, cancels and replays timers.</summary>
/// <param name="connection">The service.</param>
public sealed class TimerClient(ServiceConnection connection)
{
    private const string Root = "timers";

    /// <summary>Creates a timer. It is durable when the task has completed.</summary>
    /// <param name="timer">What to call, and when.</param>
    /// <param name="idempotencyKey">
    /// 1 to 255 visible ASCII characters by which a repetition is recognised. Default: a new one for a timer without an id of its own, so
    /// that what the connection repeats creates one timer.
    /// </param>
    /// <param name="cancellationToken">Gives up; whether it was created is unknown then.</param>
    /// <exception cref="ServiceException">It was refused (409: the id or key is in use), or could not be sent.</exception>
    public Task<TimerInfo> CreateAsync(NewTimer timer, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        connection.SendAsync(
            HttpMethod.Post,
            Root,
            () => JsonContent.Create(timer, TimersJson.Default.NewTimer),
            TimersJson.Default.TimerInfo,
            isRepeatable: true,
            idempotencyKey ?? (timer.Id is null ? Guid.CreateVersion7(connection.Time.GetUtcNow()).ToString("D") : null),
            cancellationToken);

    /// <summary>A timer with its latest attempt.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null if there is none.</returns>
    public async Task<TimerInfo?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        try
        {
            return await GetAsync(id, cancellationToken).ConfigureAwait(false);
        }
        catch (ServiceProblemException problem) when (problem.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>A timer with its latest attempt.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">404: there is none.</exception>
    public Task<TimerInfo> GetAsync(string id, CancellationToken cancellationToken = default) =>
        connection.GetAsync(Of(id), TimersJson.Default.TimerInfo, cancellationToken);

    /// <summary>All attempts of a timer, oldest first.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<TimerAttempt>> GetAttemptsAsync(string id, CancellationToken cancellationToken = default) =>
        (await connection.GetAsync($"{Of(id)}/attempts", TimersJson.Default.TimerAttempts, cancellationToken).ConfigureAwait(false)).Items;

    /// <summary>What a timer would become. Nothing is stored.</summary>
    /// <param name="timer">The timer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">The same as for creating it.</exception>
    public Task<TimerPreview> PreviewAsync(NewTimer timer, CancellationToken cancellationToken = default) => connection.SendAsync(
        HttpMethod.Post,
        $"{Root}/preview",
        () => JsonContent.Create(timer, TimersJson.Default.NewTimer),
        TimersJson.Default.TimerPreview,
        isRepeatable: true,
        null,
        cancellationToken);

    /// <summary>A page of timers, newest first.</summary>
    /// <param name="query">Which ones; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<TimerInfo>> ListAsync(TimerQuery? query = null, CancellationToken cancellationToken = default)
    {
        query ??= new TimerQuery();
        var text = new QueryText().Add("state", query.State).Add("dueFrom", query.DueFrom).Add("dueTo", query.DueTo)
            .Add("limit", query.Limit).Add("cursor", query.Cursor);
        foreach (var tag in query.Tags)
        {
            text.Add("tag", tag);
        }

        return connection.GetAsync($"{Root}{text}", TimersJson.Default.PageTimerInfo, cancellationToken);
    }

    /// <summary>All timers, newest first, page by page as they are read.</summary>
    /// <param name="query">Which ones; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<TimerInfo> ListAllAsync(TimerQuery? query = null, CancellationToken cancellationToken = default)
    {
        query ??= new TimerQuery();
        return Pages.ReadAllAsync(cursor => ListAsync(query with { Cursor = cursor }, cancellationToken), query.Cursor, cancellationToken);
    }

    /// <summary>
    /// Follows a timer until it has succeeded, failed, expired or been cancelled: tells it as it is, and again whenever it has changed.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="interval">Pause between two polls; null for a second. States that are shorter may be missed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<TimerInfo> FollowAsync(
        string id, TimeSpan? interval = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        TimerInfo? before = null;
        while (true)
        {
            var timer = await GetAsync(id, cancellationToken).ConfigureAwait(false);
            if (before is null || IsOther(timer, before))
            {
                yield return timer;
            }

            if (timer.HasEnded)
            {
                yield break;
            }

            before = timer;
            await Task.Delay(interval ?? TimeSpan.FromSeconds(1), connection.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Timers as they are created, change and fire: the newest 1,000 first.</summary>
    /// <param name="timer">Only this one, with its latest attempt; null for all.</param>
    /// <param name="tag">Only those with this tag; null for all. Not with <paramref name="timer"/>.</param>
    /// <param name="lastEventId">The position to go on from; null to begin with a snapshot.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<LiveEvent> WatchAsync(
        string? timer = null, string? tag = null, string? lastEventId = null, CancellationToken cancellationToken = default) =>
        new LiveClient(connection).WatchAsync(
            $"{Root}/stream{new QueryText().Add("timer", timer).Add("tag", tag)}", lastEventId, cancellationToken);

    /// <summary>Pushes a timer out by its own delay from now, up to its maximum: what it watches is alive.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">404: there is none; 409: it was fired or has finished.</exception>
    public Task<TimerInfo> TouchAsync(string id, CancellationToken cancellationToken = default) => connection.SendAsync(
        HttpMethod.Post, $"{Of(id)}/touch", null, TimersJson.Default.TimerInfo, isRepeatable: true, null, cancellationToken);

    /// <summary>
    /// Cancels a timer. If its state is not <c>cancelled</c> yet, an attempt is in flight and may still arrive; none will follow.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">404: there is none; 409: it has finished.</exception>
    public Task<TimerInfo> CancelAsync(string id, CancellationToken cancellationToken = default) => connection.SendAsync(
        HttpMethod.Post, $"{Of(id)}/cancel", null, TimersJson.Default.TimerInfo, isRepeatable: true, null, cancellationToken);

    /// <summary>
    /// Erases a timer that has succeeded, failed, expired or been cancelled, with its attempts; its id is free then. One that has not is
    /// cancelled instead.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The timer if it was cancelled; null if it was erased.</returns>
    /// <exception cref="ServiceProblemException">404: there is none.</exception>
    public Task<TimerInfo?> DeleteAsync(string id, CancellationToken cancellationToken = default) => connection.SendOrNothingAsync(
        HttpMethod.Delete, Of(id), TimersJson.Default.TimerInfo, cancellationToken);

    /// <summary>Retries a failed, expired or ambiguous timer now, with all its retries.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">
    /// 400: its expiry has passed, and it needs a new one; 404: there is none; 409: it has not failed.
    /// </exception>
    public Task<TimerInfo> ReplayAsync(string id, CancellationToken cancellationToken = default) => connection.SendAsync(
        HttpMethod.Post, $"{Of(id)}/replay", null, TimersJson.Default.TimerInfo, isRepeatable: false, null, cancellationToken);

    /// <summary>The same with a new expiry.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="expiry">In the future.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">400: the expiry has passed; 404: there is none; 409: it has not failed.</exception>
    public Task<TimerInfo> ReplayAsync(string id, TimerExpiry expiry, CancellationToken cancellationToken = default) =>
        connection.SendAsync(
            HttpMethod.Post,
            $"{Of(id)}/replay",
            () => JsonContent.Create(expiry, TimersJson.Default.TimerExpiry),
            TimersJson.Default.TimerInfo,
            isRepeatable: false,
            null,
            cancellationToken);

    /// <summary>Retries failed or expired timers, newest first.</summary>
    /// <param name="filter">Which ones; null for all.</param>
    /// <param name="cancellationToken">Gives up; some may be retried then.</param>
    public Task<ReplaySummary> ReplayAllAsync(ReplayFilter? filter = null, CancellationToken cancellationToken = default) =>
        connection.SendAsync(
            HttpMethod.Post,
            $"{Root}/replay",
            () => JsonContent.Create(filter ?? new ReplayFilter(), TimersJson.Default.ReplayFilter),
            TimersJson.Default.ReplaySummary,
            isRepeatable: false,
            null,
            cancellationToken);

    private static string Of(string id) => $"{Root}/{Uri.EscapeDataString(id)}";

    private static bool IsOther(TimerInfo timer, TimerInfo before) =>
        timer.State != before.State || timer.Attempts != before.Attempts || timer.Pending != before.Pending
        || timer.NextAt != before.NextAt || timer.DueAt != before.DueAt || timer.Occurrence != before.Occurrence;
}
