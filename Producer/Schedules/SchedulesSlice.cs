using System.Text.Json.Serialization.Metadata;
using Contracts.Schedules;
using Infrastructure;
using Producer.Docs;
using Producer.Slices;

namespace Producer.Schedules;

/// <summary>Schedules over REST: for now they can be seen beforehand, and not be stored yet.</summary>
internal sealed class SchedulesSlice : ProducerSlice
{
    public override IJsonTypeInfoResolver Json => ScheduleResourcesJson.Default;

    public override ApiTexts Api { get; } = new ScheduleApiTexts();

    public override void AddTo(EngineBuilder engines) => engines.Services.AddSingleton(ScheduleZones.Embedded);

    public override void Map(IEndpointRouteBuilder app, ServedRequests serves)
    {
        // A preview changes nothing, but it is for those who are to write schedules, and needs the scope that they need.
        if (serves != ServedRequests.Reads)
        {
            app.MapGroup(ScheduleRoutes.Root).WithTags("Schedules").ProducesProblem(StatusCodes.Status503ServiceUnavailable)
                .MapPreviewSchedule();
        }
    }
}
