using System.Text.Json.Serialization.Metadata;
using Contracts.Access;
using Infrastructure;
using Producer.Docs;
using Producer.Http;
using Producer.Slices;

namespace Producer.SigningSecrets;

/// <summary>What webhooks are signed with, over REST, for administrators.</summary>
internal sealed class SigningSecretsSlice : ProducerSlice
{
    public override IJsonTypeInfoResolver Json => SigningSecretsJson.Default;

    public override ApiTexts Api { get; } = new SigningSecretApiTexts();

    public override void AddTo(EngineBuilder engines) => engines.Services.AddSingleton<SigningSecretAdministration>();

    public override void Map(IEndpointRouteBuilder app, ServedRequests serves)
    {
        var secrets = app.MapGroup(SigningSecretRoutes.Root).WithTags("Signing secrets").Needs(KeyVerb.Admin)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        if (serves != ServedRequests.Reads)
        {
            secrets.MapChangeSigningSecrets();
        }

        if (serves != ServedRequests.Writes)
        {
            secrets.MapReadSigningSecrets();
        }
    }
}
