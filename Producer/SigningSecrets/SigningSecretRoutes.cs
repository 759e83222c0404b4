using System.Text.Json;
using Contracts.Access;
using Contracts.Signing;
using Infrastructure.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.SigningSecrets;

/// <summary>
/// POST and GET /signing-secrets, GET and DELETE /signing-secrets/{id}, POST /signing-secrets/{id}/rotate, and GET
/// /signing-secrets/{id}/public-keys.
/// </summary>
internal static class SigningSecretRoutes
{
    public const string Root = "/api/v1/signing-secrets";

    private const int MaxRequestBytes = 16 * 1024;

    public static void MapChangeSigningSecrets(this IEndpointRouteBuilder secrets)
    {
        secrets.MapPost("/", CreateAsync)
            .WithName("createSigningSecret")
            .WithSummary("Make a signing secret")
            .WithDescription(
                "Within a second, webhooks carry `webhook-signature` (Standard Webhooks). Without a `destination` it is the "
                + "tenant's default; one for a destination takes the default's place there. Of kind `v1` the answer has the secret, this "
                + "once; of kind `v1a` it has the public key, and nobody ever gets the private one. 409 if the destination has one, or if "
                + "several processes share the store and no key to encrypt secrets with is configured (`Secrets:Key`).")
            .AcceptsObject<SigningSecretRequest>(MaxRequestBytes)
            .Produces<SigningSecretResource>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status409Conflict);
        secrets.MapPost("/{id}/rotate", RotateAsync)
            .WithName("rotateSigningSecret")
            .WithSummary("Rotate a signing secret")
            .WithDescription(
                "A new secret in place of the one before, which signs as well for `overlap` longer: webhooks then carry a signature with "
                + "each, so that receivers can change over. The answer has the new one, this once. The new one may be of another `kind`.")
            .AcceptsObject<SigningSecretRotation>(MaxRequestBytes)
            .Produces<SigningSecretResource>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        secrets.MapDelete("/{id}", DeleteAsync)
            .WithName("deleteSigningSecret")
            .WithSummary("Delete a signing secret")
            .WithDescription(
                "Within a second it no longer signs anything: what goes to its destination is signed with the tenant's default, or not.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    public static void MapReadSigningSecrets(this IEndpointRouteBuilder secrets)
    {
        secrets.MapGet("/", ListAsync)
            .WithQuery("cursor", "limit")
            .WithName("listSigningSecrets")
            .WithSummary("List signing secrets")
            .WithDescription("Those of the caller's tenant, masked. `next` is the cursor of the next page.")
            .Produces<SigningSecretList>();
        secrets.MapGet("/{id}", GetAsync)
            .WithName("getSigningSecret")
            .WithSummary("Read a signing secret")
            .WithDescription("All but the secret itself, which is masked.")
            .Produces<SigningSecretResource>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        secrets.MapGet("/{id}/public-keys", GetPublicKeysAsync)
            .Needs(KeyVerb.Read, isOfAnySlice: true)
            .WithName("getPublicKeys")
            .WithSummary("Read public keys")
            .WithDescription(
                "What receivers verify signatures of kind `v1a` with, the latest first: two while it rotates, none of kind `v1`. Every key "
                + "that may read anything may read them.")
            .Produces<PublicKeysResource>()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<JsonAnswer<SigningSecretResource>, ProblemHttpResult>> CreateAsync(
        HttpContext context, SigningSecretAdministration administration, CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var errors = new FieldErrors();
        var request = await JsonBody.ReadObjectAsync(context.Request, errors, json => ReadRequest(json, errors), cancellationToken);
        SigningDestination? destination = null;
        if (request?.Destination is not null && !SigningDestination.TryParse(request.Destination, out destination))
        {
            errors.Add("destination", "must be scheme, host and port, such as https://hooks.example.com, without a path");
        }

        var kind = SigningKinds.Read(request?.Kind, errors);
        CheckSecret(request?.Secret, kind, errors);
        if (request is null || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var secret = SecretOf(request.Secret, kind ?? SigningKind.V1);

        var (made, refusal) = await administration.CreateAsync(TenantOf(context), destination, secret, cancellationToken);
        if (made is null)
        {
            return Refused(refusal);
        }

        Note(context, before: null, made);
        context.Response.Headers.Location = $"{Root}/{made.Id}";
        return Answer(made, administration, secret.Text, StatusCodes.Status201Created);
    }

    private static async Task<Results<JsonAnswer<SigningSecretResource>, ProblemHttpResult>> RotateAsync(
        string id, HttpContext context, SigningSecretAdministration administration, CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var errors = new FieldErrors();
        var rotation = await JsonBody.ReadObjectAsync(context.Request, errors, json => ReadRotation(json, errors), cancellationToken);
        var overlap = rotation?.Overlap ?? SigningSecretAdministration.DefaultOverlap;
        if (overlap < TimeSpan.Zero || overlap > SigningSecretAdministration.MaxOverlap)
        {
            errors.Add("overlap", "must be from 0 to 30 days");
        }

        var kind = SigningKinds.Read(rotation?.Kind, errors);
        CheckSecret(rotation?.Secret, kind, errors);
        if (rotation is null || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        if (await administration.FindAsync(TenantOf(context), id, cancellationToken) is not { } row)
        {
            return NotFound(id);
        }

        CheckSecret(rotation.Secret, kind ?? row.Kind, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var secret = SecretOf(rotation.Secret, kind ?? row.Kind);
        var (rotated, refusal) = await administration.RotateAsync(row, secret, overlap, cancellationToken);
        if (rotated is null)
        {
            return Refused(refusal);
        }

        Note(context, row, rotated);
        return Answer(rotated, administration, secret.Text);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string id, HttpContext context, SigningSecretAdministration administration, CancellationToken cancellationToken)
    {
        if (await administration.FindAsync(TenantOf(context), id, cancellationToken) is not { } row)
        {
            return NotFound(id);
        }

        if (!await administration.DeleteAsync(row, cancellationToken))
        {
            return Refused(SigningSecretRefusal.Changed);
        }

        Note(context, row, after: null);
        return TypedResults.NoContent();
    }

    private static async Task<Results<JsonAnswer<SigningSecretList>, ProblemHttpResult>> ListAsync(
        string? cursor, string? limit, HttpContext context, SigningSecretAdministration administration,
        CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var tenant = TenantOf(context);
        var (after, size) = AdministrationRoutes.ReadPage(tenant, cursor, limit, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var found = await administration.ListAsync(tenant, after, size + 1, cancellationToken);
        var page = found.Take(size).Select(row => SigningSecretResource.From(row, administration.Now)).ToList();
        return new JsonAnswer<SigningSecretList>(
            new SigningSecretList(page, found.Count > size ? TenantCursors.SealText(tenant, page[^1].Id) : null),
            SigningSecretsJson.Http.SigningSecretList);
    }

    private static async Task<Results<JsonAnswer<SigningSecretResource>, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, SigningSecretAdministration administration, CancellationToken cancellationToken) =>
        await administration.FindAsync(TenantOf(context), id, cancellationToken) is { } row ? Answer(row, administration) : NotFound(id);

    private static async Task<Results<JsonAnswer<PublicKeysResource>, ProblemHttpResult>> GetPublicKeysAsync(
        string id, HttpContext context, SigningSecretAdministration administration, CancellationToken cancellationToken) =>
        await administration.FindAsync(TenantOf(context), id, cancellationToken) is { } row
            ? new JsonAnswer<PublicKeysResource>(
                PublicKeysResource.From(row, administration.Now), SigningSecretsJson.Http.PublicKeysResource)
            : NotFound(id);

    private static string TenantOf(HttpContext context) => Caller.Of(context)!.TenantName;

    private static JsonAnswer<SigningSecretResource> Answer(
        SigningSecret row, SigningSecretAdministration administration, string? text = null, int status = StatusCodes.Status200OK) =>
        new(SigningSecretResource.From(row, administration.Now, text), SigningSecretsJson.Http.SigningSecretResource, status);

    /// <summary>For the audit: hashes of what is shown of the secret before and after, which is masked.</summary>
    private static void Note(HttpContext context, SigningSecret? before, SigningSecret? after)
    {
        if (AuditNotes.Of(context) is { } notes)
        {
            (notes.Before, notes.After) = (HashOf(before), HashOf(after));
        }

        static string? HashOf(SigningSecret? row) => row is null ? null : AuditNotes.Hash(
            JsonSerializer.SerializeToUtf8Bytes(
                SigningSecretResource.From(row, row.ChangedAt), SigningSecretsJson.Http.SigningSecretResource));
    }

    /// <param name="text">The secret that is given; null for none.</param>
    /// <param name="kind">What it is for; null if that is not known.</param>
    /// <param name="errors">Gets what is wrong.</param>
    private static void CheckSecret(string? text, SigningKind? kind, FieldErrors errors)
    {
        if (text is null)
        {
            return;
        }

        if (kind == SigningKind.V1a)
        {
            errors.Add("secret", $"must be missing for {SigningKinds.V1a}: its keys are made here, and the private one is never shown");
        }
        else if (!WebhookSecret.TryParse(text, out _))
        {
            errors.Add(
                "secret", $"must be {WebhookSecret.Prefix} and the base64 of {WebhookSecret.MinBytes} to {WebhookSecret.MaxBytes} bytes");
        }
    }

    /// <summary>The secret that is given and was checked, or a new one.</summary>
    private static NewSecret SecretOf(string? text, SigningKind kind) =>
        kind == SigningKind.V1a ? NewSecret.CreateV1a()
            : NewSecret.OfV1(WebhookSecret.TryParse(text, out var given) ? given : WebhookSecret.Create());

    private static ProblemHttpResult NotFound(string id) =>
        Problems.NotFound("There is no such signing secret.", $"No signing secret has the id '{id}'.");

    private static ProblemHttpResult Refused(SigningSecretRefusal refusal) => refusal switch
    {
        SigningSecretRefusal.NoKey => Problems.Conflict(
            "There is no key to encrypt secrets with.",
            "Several processes share the store. Make a key with `timers secrets generate-key`, and give it to all Producers and Runners as "
            + "Secrets__Key or, in a file, as Secrets__KeyFile."),
        SigningSecretRefusal.Taken => Problems.Conflict(
            "The destination has a signing secret.", "Rotate that one, so that receivers can change over, or delete it first."),
        _ => Problems.Conflict("The signing secret has changed meanwhile.", "Somebody else has just changed it. Read it again."),
    };

    private static SigningSecretRequest ReadRequest(JsonElement json, FieldErrors errors)
    {
        var request = new SigningSecretRequest();
        foreach (var field in json.EnumerateObject())
        {
            request = field.Name switch
            {
                "destination" => request with { Destination = Read.Text(field.Value, field.Name, errors) },
                "kind" => request with { Kind = Read.Text(field.Value, field.Name, errors) },
                "secret" => request with { Secret = Read.Text(field.Value, field.Name, errors) },
                _ => AdministrationRoutes.Unknown(request, field.Name, errors, "destination, kind, secret"),
            };
        }

        return request;
    }

    private static SigningSecretRotation ReadRotation(JsonElement json, FieldErrors errors)
    {
        var rotation = new SigningSecretRotation();
        foreach (var field in json.EnumerateObject())
        {
            rotation = field.Name switch
            {
                "overlap" => rotation with { Overlap = Read.Duration(field.Value, field.Name, errors) },
                "kind" => rotation with { Kind = Read.Text(field.Value, field.Name, errors) },
                "secret" => rotation with { Secret = Read.Text(field.Value, field.Name, errors) },
                _ => AdministrationRoutes.Unknown(rotation, field.Name, errors, "overlap, kind, secret"),
            };
        }

        return rotation;
    }
}
