using Contracts.Signing;
using Microsoft.OpenApi;
using Producer.Docs;

namespace Producer.SigningSecrets;

/// <summary>Signing secrets in the API document.</summary>
internal sealed class SigningSecretApiTexts : ApiTexts
{
    private const string Json = "application/json";
    private const string Id = "6f1c0a9be2d84c35917fae40";
    private const string PublicKey = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    public override IEnumerable<(string Type, string Title, string Text)> Requests(string operation) => operation switch
    {
        "createSigningSecret" =>
        [
            (Json, "The default, made at random", "{}"),
            (Json, "For one destination", """{ "destination": "https://hooks.example.com" }"""),
            (Json, "A public key for the receiver", """{ "destination": "https://bank.example.com", "kind": "v1a" }"""),
            (Json, "One that the receiver has chosen", $$"""
                { "destination": "https://shop.example.com:8443", "secret": "{{Secret}}" }
                """),
        ],
        "rotateSigningSecret" => [(Json, "Two days to change over", """{ "overlap": "PT48H" }""")],
        _ => [],
    };

    public override string Answer(string operation, string status) => operation switch
    {
        "listSigningSecrets" => $$"""{ "items": [{{Resource(WebhookSecret.Masked)}}] }""",
        "getPublicKeys" => $$"""{ "id": "{{Id}}", "destination": "https://bank.example.com", "keys": ["{{PublicKey}}"] }""",
        "createSigningSecret" or "rotateSigningSecret" => Resource(Secret),
        _ => Resource(WebhookSecret.Masked),
    };

    public override (string Description, OpenApiSchema Schema)? Parameter(string name) => name switch
    {
        "id" => ("The signing secret's id.", new OpenApiSchema { Type = JsonSchemaType.String }),
        "cursor" => (
            "The `next` of the previous page.",
            new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^([0-9a-f]{2})+(\\.[0-9a-f]{8})?$" }),
        _ => null,
    };

    public override IEnumerable<string> ResponseHeaders(string operation, string status) =>
        (operation, status) == ("createSigningSecret", "201") ? ["Location"] : [];

    public override void Bound(ApiSchemaSet schemas)
    {
        schemas.Find("SigningSecretList")?.Required!.Remove("next");
        schemas.Bound("SigningSecretRequest", new()
        {
            ["destination"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Pattern = "^https?://[^/]+$",
                MaxLength = SigningDestination.MaxLength,
            }.OrNull(),
            ["kind"] = KindShape().OrNull(),
            ["secret"] = SecretShape().OrNull(),
        });
        schemas.Bound("SigningSecretRotation", new()
        {
            ["overlap"] = ApiShapes.Duration("PT24H", "PT0S").OrNull(),
            ["kind"] = KindShape().OrNull(),
            ["secret"] = SecretShape().OrNull(),
        });
    }

    public override (string Title, string Detail, string More)? Problem(string status) => status switch
    {
        "400" => ("The request is not valid.", "See errors for every field that is wrong.",
            """, "errors": { "secret": ["must be whsec_ and the base64 of 24 to 64 bytes"] }"""),
        "404" => ("There is no such signing secret.", $"No signing secret has the id '{Id}'.", string.Empty),
        "409" => ("The destination has a signing secret.", "Rotate that one, so that receivers can change over, or delete it first.",
            string.Empty),
        _ => null,
    };

    private static OpenApiSchema KindShape() => new()
    {
        Type = JsonSchemaType.String,
        Enum = [SigningKinds.V1, SigningKinds.V1a],
    };

    private static OpenApiSchema SecretShape() => new() { Type = JsonSchemaType.String, Pattern = WebhookSecret.Pattern };

    private static string Resource(string secret) => $$"""
        {
          "id": "{{Id}}",
          "kind": "v1",
          "secret": "{{secret}}",
          "destination": "https://hooks.example.com",
          "createdAt": "2030-01-31T08:00:00.000Z"
        }
        """;
}
