using System.Net.Http.Json;

namespace ClientLibrary.Schedules;

/// <summary>Puts, finds and deletes calendars, which schedules name.</summary>
/// <param name="connection">The service.</param>
public sealed class CalendarClient(ServiceConnection connection)
{
    private const string Root = "calendars";

    /// <summary>
    /// Creates a calendar, or replaces its dates: then the future runs of the schedules that name it move within a few seconds. Putting the
    /// same again changes nothing.
    /// </summary>
    /// <param name="name">Its name: 1 to 128 letters, digits and . _ ~ : -</param>
    /// <param name="calendar">Its dates.</param>
    /// <param name="cancellationToken">Gives up; it may have been put.</param>
    /// <exception cref="ServiceProblemException">400: something is wrong with it.</exception>
    public Task<CalendarInfo> PutAsync(string name, NewCalendar calendar, CancellationToken cancellationToken = default) =>
        connection.SendAsync(
            HttpMethod.Put,
            Of(name),
            () => JsonContent.Create(calendar, SchedulesJson.Default.NewCalendar),
            SchedulesJson.Default.CalendarInfo,
            isRepeatable: true,
            idempotencyKey: null,
            cancellationToken);

    /// <summary>A calendar with its dates.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">404: there is none.</exception>
    public Task<CalendarInfo> GetAsync(string name, CancellationToken cancellationToken = default) =>
        connection.GetAsync(Of(name), SchedulesJson.Default.CalendarInfo, cancellationToken);

    /// <summary>A page of calendars, in the order of their names.</summary>
    /// <param name="limit">Size of the page, 1 to 1,000. Default: 50.</param>
    /// <param name="cursor">The cursor that the page before ended with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<ListedCalendar>> ListAsync(
        int? limit = null, string? cursor = null, CancellationToken cancellationToken = default) => connection.GetAsync(
            $"{Root}{new QueryText().Add("limit", limit).Add("cursor", cursor)}", SchedulesJson.Default.PageListedCalendar,
            cancellationToken);

    /// <summary>Deletes a calendar.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up; it may have been deleted.</param>
    /// <exception cref="ServiceProblemException">404: there is none; 409: schedules name it.</exception>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        connection.SendOrNothingAsync(HttpMethod.Delete, Of(name), SchedulesJson.Default.CalendarInfo, cancellationToken);

    private static string Of(string name) => $"{Root}/{Uri.EscapeDataString(name)}";
}
