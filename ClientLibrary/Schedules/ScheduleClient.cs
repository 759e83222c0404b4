using System.Net.Http.Json;

namespace ClientLibrary.Schedules;

/// <summary>Shows when schedules would run; the service cannot store them yet.</summary>
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
}
