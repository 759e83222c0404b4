using Contracts.Access;
using Contracts.Common;
using Microsoft.OpenApi;
using Producer.Docs;

namespace Producer.Keys;

/// <summary>Keys in the API document.</summary>
internal sealed class KeyApiTexts : ApiTexts
{
    private const string Json = "application/json";
    private const string Id = "mfzwizlnoj2g";

    private const string Entry = """
        { "id": "019a4c1e7b527c1a9f602f4f6f0d8a11", "at": "2030-01-31T08:00:00.000Z", "tenant": "default", "actor": "operations",
          "key": "first", "action": "revokeKey", "target": "/api/v1/keys/mfzwizlnoj2g", "address": "127.0.0.1", "outcome": 200 }
        """;

    public override IEnumerable<(string Type, string Title, string Text)> Requests(string operation) => operation switch
    {
        "createKey" =>
        [
            (Json, "An administrator", """{ "name": "operations", "scopes": ["admin"] }"""),
            (Json, "Timers from one network", """
                {
                  "name": "ci", "scopes": ["timers:write", "timers:read"], "expiresAt": "2099-01-31T08:00:00.000Z",
                  "addresses": ["127.0.0.0/8", "10.0.0.0/8"]
                }
                """),
            (Json, "For the pages of a site", """
                { "name": "shop", "scopes": ["write"], "site": "shop", "origins": ["https://shop.example.com"] }
                """),
        ],
        "rotateKey" => [(Json, "A day to change over", """{ "overlap": "PT24H" }""")],
        _ => [],
    };

    public override string Answer(string operation, string status) => operation switch
    {
        "listKeys" => $$"""{ "items": [{{Key("active", isNew: false)}}] }""",
        "listAudit" => $$"""{ "items": [{{Entry}}] }""",
        "exportAudit" => Entry.ReplaceLineEndings(string.Empty) + "\n",
        "createStreamToken" => """
            { "token": "tms_mfzwizlnoj2g_1895990460_3f7c1a9f602f4f6f0d8a11", "expiresAt": "2030-01-31T08:01:00.000Z" }
            """,
        "createKey" or "rotateKey" => Key("active", isNew: true),
        _ => Key(operation == "revokeKey" ? "revoked" : "active", isNew: false),
    };

    public override (string Description, OpenApiSchema Schema)? Parameter(string name) => name switch
    {
        "id" => ("The key's id, which stands in it: `tmr_{id}_…`.", new OpenApiSchema { Type = JsonSchemaType.String }),
        "from" => ("Only what was done at or after this instant.", ApiShapes.Instant()),
        "until" => ("Only what was done before this instant.", ApiShapes.Instant()),
        "key" => ("Only what was done with the key of this id.", new OpenApiSchema { Type = JsonSchemaType.String }),
        "action" => (
            "Only this action, as operations are called here.",
            new OpenApiSchema { Type = JsonSchemaType.String, Examples = ["revokeKey"] }),
        "cursor" => (
            "The `next` of the previous page.",
            new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^([0-9a-f]{2})+(\\.[0-9a-f]{8})?$" }),
        _ => null,
    };

    public override IEnumerable<string> ResponseHeaders(string operation, string status) =>
        (operation, status) == ("createKey", "201") ? ["Location"] : [];

    public override void Bound(ApiSchemaSet schemas)
    {
        if (schemas.Find("KeyResource")?.Properties is { } key)
        {
            var states = ApiShapes.Words("active", "expired", "revoked");
            states.Description = key["state"].Description;
            key["state"] = states;
        }

        schemas.Find("KeyList")?.Required!.Remove("next");
        schemas.Find("AuditList")?.Required!.Remove("next");
        var listed = ApiShapes.Text(1, KeyRules.MaxSite);
        schemas.Bound("KeyRequest", new()
        {
            ["name"] = ApiShapes.Text(1, KeyRules.MaxName),
            ["scopes"] = ApiShapes.List(
                new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Pattern = "^(admin|metrics|([a-z-]+:)?(read|write|control))$",
                },
                1, KeyScopes.MaxCount),
            ["tenant"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = Tenant.Pattern }.OrNull(),
            ["expiresAt"] = ApiShapes.Instant().OrNull(),
            ["addresses"] = ApiShapes.List(listed, 0, KeyRules.MaxListed).OrNull(),
            ["site"] = ApiShapes.Text(1, KeyRules.MaxSite).OrNull(),
            ["origins"] = ApiShapes.List(
                new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^https?://[^/]+$" }, 0, KeyRules.MaxListed).OrNull(),
        })?.Required = new HashSet<string>(StringComparer.Ordinal) { "name", "scopes" };
        schemas.Bound("KeyRotation", new() { ["overlap"] = ApiShapes.Duration("PT24H", "PT0S").OrNull() });
    }

    public override (string Title, string Detail, string More)? Problem(string status) => status switch
    {
        "400" => ("The request is not valid.", "See errors for every field that is wrong.",
            """, "errors": { "name": ["must have 1 to 100 characters and no control characters"] }"""),
        "404" => ("There is no such key.", $"No key has the id '{Id}'.", string.Empty),
        "409" => ("The key does not allow that now.", "It is revoked.", string.Empty),
        _ => null,
    };

    private static string Key(string state, bool isNew) => $$"""
        {
          "id": "{{Id}}",
          {{(isNew ? $"\"key\": \"tmr_{Id}_ge2tgnrygq3tgnrygq3tgnrygq3tgnry_0a1b2c3d\"," : string.Empty)}}
          "name": "ci",
          "tenant": "default",
          "state": "{{state}}",
          "scopes": ["timers:write", "timers:read"],
          "createdAt": "2030-01-31T08:00:00.000Z"
          {{(state == "revoked" ? """, "revokedAt": "2030-02-01T08:00:00.000Z" """ : string.Empty)}}
        }
        """;
}
