using System.Text.Json.Serialization.Metadata;
using Infrastructure;
using Producer.Docs;
using Producer.Slices;

namespace Producer.DeadLetters;

/// <summary>Dead letters of all slices: list, read, edit, replay, delete.</summary>
internal sealed class DeadLettersSlice : ProducerSlice
{
    public override IJsonTypeInfoResolver Json => DeadLettersJson.Default;

    public override ApiTexts Api { get; } = new DeadLetterApiTexts();

    public override void AddTo(EngineBuilder engines) => engines.Services.AddSingleton<DeadLetterReplays>();

    public override void Map(IEndpointRouteBuilder app, ServedRequests serves)
    {
        var letters = app.MapGroup("/api/v1/dead-letters").WithTags("Dead letters").ProducesProblem(
            StatusCodes.Status503ServiceUnavailable);
        if (serves != ServedRequests.Writes)
        {
            letters.MapListDeadLetters();
            letters.MapGetDeadLetter();
        }

        if (serves != ServedRequests.Reads)
        {
            letters.MapChangeDeadLetter();
            letters.MapDeleteDeadLetter();
            letters.MapReplayDeadLetter();
        }
    }
}
