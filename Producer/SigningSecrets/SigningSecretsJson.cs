using System.Text.Json;
using System.Text.Json.Serialization;
using Producer.Http;

namespace Producer.SigningSecrets;

/// <summary>Source-generated JSON of signing secrets.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantConverter), typeof(DurationConverter)])]
[JsonSerializable(typeof(SigningSecretResource))]
[JsonSerializable(typeof(SigningSecretList))]
[JsonSerializable(typeof(PublicKeysResource))]
[JsonSerializable(typeof(SigningSecretRequest))]
[JsonSerializable(typeof(SigningSecretRotation))]
internal sealed partial class SigningSecretsJson : JsonSerializerContext
{
    /// <summary>The context that responses are written with.</summary>
    public static SigningSecretsJson Http { get; } = new(HttpJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)));
}
