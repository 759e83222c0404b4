using System.Text.Json.Serialization.Metadata;
using Infrastructure;
using Infrastructure.Schedules;
using Producer.Docs;
using Producer.Slices;

namespace Producer.Schedules;

/// <summary>Schedules over REST: seen beforehand, stored, read and commanded.</summary>
internal sealed class SchedulesSlice : ProducerSlice
{
    public override IJsonTypeInfoResolver Json => ScheduleResourcesJson.Default;

    public override ApiTexts Api { get; } = new ScheduleApiTexts();

    public override void AddTo(EngineBuilder engines)
    {
        engines.AddSchedules();
        engines.Services.AddSingleton<ScheduleControl>().AddSingleton<ScheduleHistory>().AddSingleton<SchedulePutting>()
            .AddSingleton<CalendarControl>();
    }

    public override void Map(IEndpointRouteBuilder app, ServedRequests serves)
    {
        var schedules = app.MapGroup(ScheduleRoutes.Root).WithTags("Schedules").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        var calendars = app.MapGroup(CalendarPath.Root).WithTags("Calendars").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        if (serves != ServedRequests.Reads)
        {
            // A preview changes nothing, but it is for those who are to write schedules.
            schedules.MapPreviewSchedule();
            schedules.MapPutSchedule();
            schedules.MapPatchSchedule();
            schedules.MapControlSchedules();
            schedules.MapBackfillSchedule();
            calendars.MapPutCalendar();
        }

        if (serves != ServedRequests.Writes)
        {
            schedules.MapReadSchedules();
            calendars.MapReadCalendars();
        }
    }
}
