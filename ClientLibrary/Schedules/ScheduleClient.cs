using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClientLibrary.Schedules;

/// <summary>Shows when schedules would run, and puts, finds, commands and deletes stored ones.</summary>
/// <param name="connection">The service.</param>
public sealed class ScheduleClient(ServiceConnection connection)
{
    private const string Root = "schedules";

    /// <summary>The next runs of a schedule. Nothing is stored.</summary>
    /// <param name="schedule">When it is to run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">400: something is wrong with it, or it never runs.</exception>
    public Task<SchedulePreview> PreviewAsync(ScheduleTimes schedule, CancellationToken cancellationToken = default) =>
        connection.SendAsync(
            HttpMethod.Post,
            $"{Root}/preview",
            () => JsonContent.Create(schedule, SchedulesJson.Default.ScheduleTimes),
            SchedulesJson.Default.SchedulePreview,
            isRepeatable: true,
            idempotencyKey: null,
            cancellationToken);

    /// <summary>The same, with what else is due at the receiver around each of the first 10 runs.</summary>
    /// <param name="schedule">When it is to run.</param>
    /// <param name="url">The address that it will call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">400: something is wrong with it, or it never runs.</exception>
    public Task<SchedulePreview> PreviewAsync(ScheduleTimes schedule, string url, CancellationToken cancellationToken = default) =>
        connection.SendAsync(
            HttpMethod.Post,
            $"{Root}/preview",
            () => JsonContent.Create(With(schedule, url), SchedulesJson.Default.JsonObject),
            SchedulesJson.Default.SchedulePreview,
            isRepeatable: true,
            idempotencyKey: null,
            cancellationToken);

    /// <summary>Creates a schedule, or replaces what was put before; putting the same again changes nothing.</summary>
    /// <param name="name">Its name: 1 to 128 letters, digits and . _ ~ : -</param>
    /// <param name="schedule">What it shall be.</param>
    /// <param name="cancellationToken">Gives up; it may have been put.</param>
    /// <exception cref="ServiceProblemException">400: something is wrong with it, or it never runs.</exception>
    public Task<ScheduleInfo> PutAsync(string name, NewSchedule schedule, CancellationToken cancellationToken = default) =>
        connection.SendAsync(
            HttpMethod.Put,
            Of(name),
            () => JsonContent.Create(schedule, SchedulesJson.Default.NewSchedule),
            SchedulesJson.Default.ScheduleInfo,
            isRepeatable: true,
            idempotencyKey: null,
            cancellationToken);

    /// <summary>A schedule with its last runs.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">404: there is none.</exception>
    public Task<ScheduleInfo> GetAsync(string name, CancellationToken cancellationToken = default) =>
        connection.GetAsync(Of(name), SchedulesJson.Default.ScheduleInfo, cancellationToken);

    /// <summary>A page of schedules, in the order of their names.</summary>
    /// <param name="query">Which ones; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<ScheduleInfo>> ListAsync(ScheduleQuery? query = null, CancellationToken cancellationToken = default)
    {
        query ??= new ScheduleQuery();
        var text = new QueryText().Add("state", query.State).Add("prefix", query.Prefix).Add("limit", query.Limit)
            .Add("cursor", query.Cursor);
        return connection.GetAsync($"{Root}{text}", SchedulesJson.Default.PageScheduleInfo, cancellationToken);
    }

    /// <summary>Deletes a schedule with its runs that are not sent yet.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up; it may have been deleted.</param>
    /// <exception cref="ServiceProblemException">404: there is none.</exception>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        connection.SendOrNothingAsync(HttpMethod.Delete, Of(name), SchedulesJson.Default.ScheduleInfo, cancellationToken);

    /// <summary>Pauses a schedule.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="pause">Why and until when; null for neither.</param>
    /// <param name="cancellationToken">Gives up; it may have been paused.</param>
    /// <exception cref="ServiceProblemException">404: there is none; 409: it has finished.</exception>
    public Task<ScheduleInfo> PauseAsync(string name, SchedulePause? pause = null, CancellationToken cancellationToken = default) =>
        connection.SendAsync(
            HttpMethod.Post,
            $"{Of(name)}/pause",
            () => JsonContent.Create(pause ?? new SchedulePause(), SchedulesJson.Default.SchedulePause),
            SchedulesJson.Default.ScheduleInfo,
            isRepeatable: true,
            idempotencyKey: null,
            cancellationToken);

    /// <summary>Has a paused schedule go on.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up; it may have been resumed.</param>
    /// <exception cref="ServiceProblemException">404: there is none; 409: it has finished.</exception>
    public Task<ScheduleInfo> ResumeAsync(string name, CancellationToken cancellationToken = default) =>
        CommandAsync(name, "resume", isRepeatable: true, cancellationToken);

    /// <summary>Runs a schedule once more, now.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up; it may run.</param>
    /// <exception cref="ServiceProblemException">404: there is none.</exception>
    public Task<ScheduleInfo> RunAsync(string name, CancellationToken cancellationToken = default) =>
        CommandAsync(name, "run", isRepeatable: false, cancellationToken);

    /// <summary>Leaves out a schedule's next run.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up; it may be left out.</param>
    /// <exception cref="ServiceProblemException">404: there is none; 409: it has no next run.</exception>
    public Task<ScheduleInfo> SkipAsync(string name, CancellationToken cancellationToken = default) =>
        CommandAsync(name, "skip", isRepeatable: false, cancellationToken);

    /// <summary>Makes recorded skipped runs. What is replayed twice is made once.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="past">Which ones, and at which rate; null for all up to now.</param>
    /// <param name="cancellationToken">Gives up; it may have begun.</param>
    /// <exception cref="ServiceProblemException">404: there is none; 409: another replay or backfill goes on.</exception>
    public Task<ScheduleInfo> ReplayAsync(string name, SchedulePast? past = null, CancellationToken cancellationToken = default) =>
        PastAsync(name, "replay", past ?? new SchedulePast(), cancellationToken);

    /// <summary>Makes the runs of a past range. What is made twice is made once.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="past">The range, and the rate.</param>
    /// <param name="cancellationToken">Gives up; it may have begun.</param>
    /// <exception cref="ServiceProblemException">404: there is none; 409: another replay or backfill goes on.</exception>
    public Task<ScheduleInfo> BackfillAsync(string name, SchedulePast past, CancellationToken cancellationToken = default) =>
        PastAsync(name, "backfill", past, cancellationToken);

    /// <summary>Stops a replay or backfill.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up; it may have been stopped.</param>
    /// <exception cref="ServiceProblemException">404: there is none.</exception>
    public Task<ScheduleInfo> StopBackfillAsync(string name, CancellationToken cancellationToken = default) =>
        connection.SendAsync(
            HttpMethod.Delete, $"{Of(name)}/backfill", null, SchedulesJson.Default.ScheduleInfo, isRepeatable: true, null,
            cancellationToken);

    private Task<ScheduleInfo> PastAsync(string name, string command, SchedulePast past, CancellationToken cancellationToken) =>
        connection.SendAsync(
            HttpMethod.Post,
            $"{Of(name)}/{command}",
            () => JsonContent.Create(past, SchedulesJson.Default.SchedulePast),
            SchedulesJson.Default.ScheduleInfo,
            isRepeatable: true,
            idempotencyKey: null,
            cancellationToken);

    private Task<ScheduleInfo> CommandAsync(string name, string command, bool isRepeatable, CancellationToken cancellationToken) =>
        connection.SendAsync(
            HttpMethod.Post, $"{Of(name)}/{command}", null, SchedulesJson.Default.ScheduleInfo, isRepeatable, null, cancellationToken);

    private static string Of(string name) => $"{Root}/{Uri.EscapeDataString(name)}";

    private static JsonObject With(ScheduleTimes schedule, string url)
    {
        var json = JsonSerializer.SerializeToNode(schedule, SchedulesJson.Default.ScheduleTimes)!.AsObject();
        json["url"] = url;
        return json;
    }
}
