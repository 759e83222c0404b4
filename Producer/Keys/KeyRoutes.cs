using System.Text.Json;
using Contracts.Access;
using Infrastructure.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Keys;

/// <summary>POST and GET /keys, GET and DELETE /keys/{id}, POST /keys/{id}/rotate.</summary>
internal static class KeyRoutes
{
    public const string Root = "/api/v1/keys";

    private const int MaxRequestBytes = 64 * 1024;

    public static void MapChangeKeys(this IEndpointRouteBuilder keys)
    {
        keys.MapPost("/", CreateAsync)
            .WithName("createKey")
            .WithSummary("Make a key")
            .WithDescription(
                "The response has the key, this one time: only its hash is kept. The first key must have the scope `admin`; from then on "
                + "every "
                + "request needs a key. One with a `site` is publishable: it may stand in a page, and only sends events of that site from "
                + "pages of its `origins`.")
            .AcceptsObject<KeyRequest>(MaxRequestBytes)
            .Produces<KeyResource>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status409Conflict);
        keys.MapPost("/{id}/rotate", RotateAsync)
            .WithName("rotateKey")
            .WithSummary("Rotate a key")
            .WithDescription(
                "A new secret for the same key. The one before is accepted for `overlap` longer, so that clients can change over.")
            .AcceptsObject<KeyRotation>(MaxRequestBytes)
            .Produces<KeyResource>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        keys.MapDelete("/{id}", RevokeAsync)
            .WithName("revokeKey")
            .WithSummary("Revoke a key")
            .WithDescription(
                "On every instance within a second; its streams end. It stays listed. 200 again if it is revoked already.")
            .Produces<KeyResource>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    public static void MapReadKeys(this IEndpointRouteBuilder keys)
    {
        keys.MapGet("/", ListAsync)
            .WithQuery("cursor", "limit")
            .WithName("listKeys")
            .WithSummary("List keys")
            .WithDescription(
                "Those of the caller's tenant; for an administrator of the default tenant those of all. `next` is the cursor of the next "
                + "page.")
            .Produces<KeyList>();
        keys.MapGet("/{id}", GetAsync)
            .WithName("getKey")
            .WithSummary("Read a key")
            .WithDescription("All but the key itself.")
            .Produces<KeyResource>()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<JsonAnswer<KeyResource>, ProblemHttpResult>> CreateAsync(
        HttpContext context, KeyAdministration administration, CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var errors = new FieldErrors();
        var request = await JsonBody.ReadObjectAsync(context.Request, errors, json => ReadRequest(json, errors), cancellationToken);
        if (request is null || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var made = await administration.CreateAsync(Caller.Of(context)!, request, errors, cancellationToken);
        if (made is not { } created)
        {
            return errors.Any ? Problems.Invalid(errors)
                : Problems.Conflict("There is no key yet.", "The first key needs the scope admin: without one, nobody could make others.");
        }

        Note(context, before: null, created.Key);
        context.Response.Headers.Location = $"{Root}/{created.Key.Id}";
        return Answer(context, created.Key, administration, created.Text, StatusCodes.Status201Created);
    }

    private static async Task<Results<JsonAnswer<KeyResource>, ProblemHttpResult>> RotateAsync(
        string id, HttpContext context, KeyAdministration administration, CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var errors = new FieldErrors();
        var rotation = await JsonBody.ReadObjectAsync(context.Request, errors, json => ReadRotation(json, errors), cancellationToken);
        if (rotation?.Overlap > KeyRules.MaxOverlap)
        {
            errors.Add("overlap", "must not be longer than 30 days");
        }

        if (rotation is null || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        if (await administration.FindAsync(Caller.Of(context)!, id, cancellationToken) is not { } key)
        {
            return NotFound(id);
        }

        if (key.RevokedAt is not null)
        {
            return Problems.Conflict("The key does not allow that now.", "It is revoked.");
        }

        if (await administration.RotateAsync(key, rotation.Overlap ?? TimeSpan.Zero, cancellationToken) is not { } rotated)
        {
            return Changed();
        }

        Note(context, key, rotated.Key);
        return Answer(context, rotated.Key, administration, rotated.Text);
    }

    private static async Task<Results<JsonAnswer<KeyResource>, ProblemHttpResult>> RevokeAsync(
        string id, HttpContext context, KeyAdministration administration, CancellationToken cancellationToken)
    {
        if (await administration.FindAsync(Caller.Of(context)!, id, cancellationToken) is not { } key)
        {
            return NotFound(id);
        }

        if (await administration.RevokeAsync(key, cancellationToken) is not { } revoked)
        {
            return Changed();
        }

        Note(context, key, revoked);
        return Answer(context, revoked, administration);
    }

    private static async Task<Results<JsonAnswer<KeyList>, ProblemHttpResult>> ListAsync(
        string? cursor, string? limit, HttpContext context, KeyAdministration administration, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var caller = Caller.Of(context)!;
        var (after, size) = AdministrationRoutes.ReadPage(caller.TenantName, cursor, limit, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var found = await administration.ListAsync(caller, after, size + 1, cancellationToken);
        var page = found.Take(size).Select(key => KeyResource.From(key, administration.Now)).ToList();
        return new JsonAnswer<KeyList>(
            new KeyList(page, found.Count > size ? TenantCursors.SealText(caller.TenantName, page[^1].Id) : null), KeysJson.Http.KeyList);
    }

    private static async Task<Results<JsonAnswer<KeyResource>, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, KeyAdministration administration, CancellationToken cancellationToken) =>
        await administration.FindAsync(Caller.Of(context)!, id, cancellationToken) is { } key
            ? Answer(context, key, administration) : NotFound(id);

    private static JsonAnswer<KeyResource> Answer(
        HttpContext context, ApiKey key, KeyAdministration administration, KeyText? text = null, int status = StatusCodes.Status200OK)
    {
        return new JsonAnswer<KeyResource>(KeyResource.From(key, administration.Now, text), KeysJson.Http.KeyResource, status);
    }

    /// <summary>
    /// For the audit: hashes of what is shown of the key before and after, and of its stored hash, so that a rotated one is another.
    /// </summary>
    private static void Note(HttpContext context, ApiKey? before, ApiKey after)
    {
        if (AuditNotes.Of(context) is { } notes)
        {
            (notes.Before, notes.After) = (before is null ? null : HashOf(before), HashOf(after));
        }

        static string? HashOf(ApiKey key) => AuditNotes.HashAll(
            [JsonSerializer.SerializeToUtf8Bytes(KeyResource.From(key, key.ChangedAt), KeysJson.Http.KeyResource), key.Hash.ToArray()]);
    }

    private static ProblemHttpResult NotFound(string id) => Problems.NotFound("There is no such key.", $"No key has the id '{id}'.");

    private static ProblemHttpResult Changed() =>
        Problems.Conflict("The key has changed meanwhile.", "Somebody else has just changed it. Read it again.");

    private static KeyRequest ReadRequest(JsonElement json, FieldErrors errors)
    {
        var request = new KeyRequest();
        foreach (var field in json.EnumerateObject())
        {
            request = field.Name switch
            {
                "name" => request with { Name = Read.Text(field.Value, field.Name, errors) },
                "scopes" => request with { Scopes = Read.Texts(field.Value, field.Name, errors) },
                "tenant" => request with { Tenant = Read.Text(field.Value, field.Name, errors) },
                "expiresAt" => request with { ExpiresAt = Read.Instant(field.Value, field.Name, errors) },
                "addresses" => request with { Addresses = Read.Texts(field.Value, field.Name, errors) },
                "site" => request with { Site = Read.Text(field.Value, field.Name, errors) },
                "origins" => request with { Origins = Read.Texts(field.Value, field.Name, errors) },
                _ => AdministrationRoutes.Unknown(request, field.Name, errors, "name, scopes, tenant, expiresAt, addresses, site, origins"),
            };
        }

        return request;
    }

    private static KeyRotation ReadRotation(JsonElement json, FieldErrors errors)
    {
        var rotation = new KeyRotation();
        foreach (var field in json.EnumerateObject())
        {
            rotation = field.Name == "overlap" ? rotation with { Overlap = Read.Duration(field.Value, field.Name, errors) }
                : AdministrationRoutes.Unknown(rotation, field.Name, errors, "overlap");
        }

        return rotation;
    }
}
