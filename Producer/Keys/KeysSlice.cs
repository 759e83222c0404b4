using System.Text.Json.Serialization.Metadata;
using Contracts.Access;
using Infrastructure;
using Producer.Docs;
using Producer.Http;
using Producer.Slices;

namespace Producer.Keys;

/// <summary>Keys over REST, for administrators, and tokens for live streams.</summary>
internal sealed class KeysSlice : ProducerSlice
{
    public override IJsonTypeInfoResolver Json => KeysJson.Default;

    public override ApiTexts Api { get; } = new KeyApiTexts();

    public override void AddTo(EngineBuilder engines) => engines.Services.AddSingleton<KeyRules>().AddSingleton<KeyAdministration>();

    public override void Map(IEndpointRouteBuilder app, ServedRequests serves)
    {
        var keys = app.MapGroup(KeyRoutes.Root).WithTags("Keys").Needs(KeyVerb.Admin)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        if (serves != ServedRequests.Reads)
        {
            keys.MapChangeKeys();
        }

        if (serves != ServedRequests.Writes)
        {
            keys.MapReadKeys();

            // Where streams are.
            app.MapStreamTokens();
            app.MapAudit();
        }
    }
}
